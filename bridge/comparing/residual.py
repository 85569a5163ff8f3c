"""What remains when one signal is taken from another: how much, when, at what pitch, on what side."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bridge.audio import Block
from bridge.comparing.levels import amplitude_db, power_db
from bridge.comparing.octaves import Bands, Octaves, centres_hz
from bridge.comparing.perceptual import Perceptual

WINDOWS_PER_S = 100
RANKED = 10


@dataclass(frozen=True)
class Window:
    """10 ms of residual; the loudest of the second it lies in."""

    start_s: float
    peak_dbfs: float
    rms_dbfs: float


@dataclass(frozen=True)
class Channel:
    """One side's residual; `gain_db` and `polarity` are how B's side compares with A's."""

    name: str
    peak_dbfs: float
    rms_dbfs: float
    gain_db: float = 0.0
    polarity: int = 1


@dataclass(frozen=True)
class Band:
    """A third of an octave: the residual, A, and how B's level differs."""

    hz: float
    residual_dbfs: float
    a_dbfs: float
    change_db: float


@dataclass(frozen=True)
class Residual:
    """B minus A over `frames`. Windows and bands are ranked, worst first.

    `peak` and `rms` are linear; `active_power` is the mean square of the 10 ms windows that differ
    at all; `leak` the correlation of residual and A in standard deviations of chance.
    """

    frames: int
    peak: float
    rms: float
    active_power: float
    leak: float
    windows: tuple[Window, ...]
    channels: tuple[Channel, ...]
    bands: tuple[Band, ...]
    whiteness: Whiteness
    perceptual_db: float

    @property
    def peak_dbfs(self) -> float:
        """Largest sample of it."""
        return amplitude_db(self.peak)

    @property
    def rms_dbfs(self) -> float:
        """Over all channels and frames."""
        return amplitude_db(self.rms)


@dataclass(frozen=True)
class Whiteness:
    """Share of white noise's power each band holds (1 where white), and how sure that is."""

    ratios: tuple[float, ...]
    deviations: tuple[float, ...]


class Residuals:
    """Takes A and B on a grid of seconds and gives out a Residual."""

    def __init__(self, rate_hz: int, channels: int, start_s: float = 0.0) -> None:
        self._rate_hz = rate_hz
        self._start_s = start_s
        self._seconds = 0
        self._frames = self._active = 0
        self._edges = np.arange(WINDOWS_PER_S) * rate_hz // WINDOWS_PER_S
        self._peaks = np.zeros(channels)
        self._sides = np.zeros((2, 2))
        self._sums = np.zeros((4, channels))  # d d, a a, b b, a b
        self._with_a = 0.0
        self._worst: list[tuple[float, int, float]] = []
        self._spectra = [Octaves(rate_hz, channels) for _ in range(3)]
        self._perceptual = Perceptual(rate_hz, channels)

    def add(self, a: Block, b: Block) -> None:
        """Take (channels, n) of both; n is the rate, save in the last call."""
        left = b - a
        self._note_windows(left)
        self._peaks = np.maximum(self._peaks, np.abs(left).max(axis=1))
        products = (left * left, a * a, b * b, a * b)
        self._sums += np.stack([product.sum(axis=1) for product in products])
        self._with_a += float((a * left).sum())
        if len(left) == 2:
            self._note_sides(left)
        for spectrum, block in zip(self._spectra, (left, a, b), strict=True):
            spectrum.add(block)
        self._perceptual.add(a, b)
        self._frames += left.shape[1]
        self._seconds += 1

    def result(self) -> Residual:
        """Return what was found."""
        samples = max(1, self._frames * self._sums.shape[1])
        power, of_a, of_b, _ = self._sums.sum(axis=1).tolist()
        bands = [spectrum.result() for spectrum in self._spectra]
        chance = math.sqrt(power * of_a / samples) if power and of_a else math.inf
        return Residual(
            frames=self._frames,
            peak=float(self._peaks.max()),
            rms=math.sqrt(power / samples),
            active_power=power / max(1, self._active * self._sums.shape[1]),
            leak=abs(self._with_a) / (chance * math.sqrt(samples)) * math.sqrt(1.0)
            if math.isfinite(chance)
            else 0.0,
            windows=self._ranked_windows(),
            channels=self._channels(),
            bands=self._ranked_bands(bands),
            whiteness=self._whiteness(bands[0], power / samples),
            perceptual_db=self._perceptual.result_db(),
        )
