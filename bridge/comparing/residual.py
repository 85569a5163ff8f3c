"""What remains when one signal is taken from another: how much, when, where in pitch and width."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bridge.audio import Block
from bridge.metering import THIRDS, Powers, ThirdOctaveSpectrum, nominal_hz
from bridge.native import library
from stemwright.decibels import amplitude_db, power_db

EDGES_HZ = (
    20, 100, 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150,
    3700, 4400, 5300, 6400, 7700, 9500, 12000, 15500,
)  # fmt: skip

_FRAME_S = 0.04
_MASKED = 1e-5
_SILENT = 1e-10

ADVICE = (
    (0.05, "nobody would hear it"),
    (0.3, "hardly audible"),
    (1.0, "audible to a trained ear"),
    (math.inf, "plainly audible"),
)


def advice(distance_db: float) -> str:
    """Put a distance into words."""
    return next(words for limit, words in ADVICE if distance_db <= limit)


class Perceptual:
    """Takes A and B together; the cut of the blocks does not matter."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._size = 1 << round(math.log2(rate_hz * _FRAME_S))
        self._window = np.hanning(self._size + 1)[:-1]
        lines = np.array([edge * self._size / rate_hz for edge in EDGES_HZ if edge < rate_hz / 2])
        self._edges = np.unique(np.ceil(lines).astype(int))
        self._held: tuple[Block, Block] = (np.empty((channels, 0)), np.empty((channels, 0)))
        self._distance = 0.0
        self._heard = 0

    def add(self, a: Block, b: Block) -> None:
        """Take (channels, n) of both."""
        one, other = (np.concatenate(each, axis=1) for each in zip(self._held, (a, b), strict=True))
        whole = one.shape[1] // self._size * self._size
        self._held = (one[:, whole:].copy(), other[:, whole:].copy())
        if whole and len(self._edges) > 1:  # no band lies below half of the lowest rates
            self._compare(self._levels(one[:, :whole]), self._levels(other[:, :whole]))

    def result_db(self) -> float:
        """Return the mean distance; 0 when nothing was audible."""
        return self._distance / self._heard if self._heard else 0.0

    def _levels(self, block: Block) -> Block:
        """Mean squares, (frames, bands), both channels together."""
        frames = block.reshape(block.shape[0], -1, self._size) * self._window
        spectrum = np.fft.rfft(frames, axis=2)
        power = (np.square(spectrum.real) + np.square(spectrum.imag)).sum(axis=0)
        bands: Block = np.add.reduceat(power, self._edges, axis=1)[:, :-1]
        bands *= 2.0 / (0.375 * self._size**2 * block.shape[0])
        return bands

    def _compare(self, a: Block, b: Block) -> None:
        louder = np.maximum(a, b)
        floor = np.maximum(louder.max(axis=1, keepdims=True) * _MASKED, _SILENT)
        heard = louder > floor
        apart = np.abs(10.0 * np.log10(np.maximum(a, floor) / np.maximum(b, floor)))
        self._distance += float(apart[heard].sum())
        self._heard += int(heard.sum())


WINDOWS_PER_S = 100
RANKED = 10

_UNHEARD = 1e-14
_LOUDEST = 1e100
"""Samples over this, whose squares no float holds, are no sound."""


class NoSoundError(ArithmeticError):
    """A sample that cannot be reckoned with: NaN, Inf, or far beyond any level."""


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
class Whiteness:
    """Share of white noise's power each band holds (1 where white), and how sure that is."""

    ratios: tuple[float, ...]
    deviations: tuple[float, ...]


@dataclass(frozen=True)
class Residual:
    """B minus A over `frames`. Windows and bands are ranked, worst first.

    `peak` and `rms` are linear; `active_power` is the mean square of the 10 ms windows that differ
    at all, `active_frames` their length; `with_a` the mean of the residual times A, `a_power` the
    mean square of A.
    """

    frames: int
    peak: float
    rms: float
    active_power: float
    active_frames: int
    with_a: float
    a_power: float
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
        self._spectra = [ThirdOctaveSpectrum(rate_hz, channels) for _ in range(3)]
        self._perceptual = Perceptual(rate_hz, channels)

    def add(self, a: Block, b: Block) -> None:
        """Take (channels, n) of both; n is the rate, save in the last call.

        Raises NoSoundError for samples that are none.
        """
        a, b = np.ascontiguousarray(a), np.ascontiguousarray(b)
        if not all(_largest(row) < _LOUDEST for row in (*a, *b)):
            raise NoSoundError
        left = b - a
        self._note_windows(left)
        self._peaks = np.maximum(self._peaks, [_largest(row) for row in left])
        pairs = ((left, left), (a, a), (b, b), (a, b))
        self._sums += [list(map(_product, *pair)) for pair in pairs]
        self._with_a += _product(a.ravel(), left.ravel())
        if len(left) == 2:
            self._note_sides(left)
        for spectrum, block in zip(self._spectra, (left, a, b), strict=True):
            spectrum.add(block)
        self._perceptual.add(a, b)
        self._frames += left.shape[1]
        self._seconds += 1

    def result(self) -> Residual:
        """Return what was found; nothing can be added afterwards."""
        samples = max(1, self._frames * self._sums.shape[1])
        power, of_a, _, _ = self._sums.sum(axis=1).tolist()
        bands = [spectrum.result() for spectrum in self._spectra]
        return Residual(
            frames=self._frames,
            peak=float(self._peaks.max()),
            rms=math.sqrt(power / samples),
            active_power=power / max(1, self._active * self._sums.shape[1]),
            active_frames=self._active,
            with_a=self._with_a / samples,
            a_power=of_a / samples,
            windows=self._ranked_windows(),
            channels=(*self._told_channels(), *self._told_sides()),
            bands=self._ranked_bands(*bands),
            whiteness=self._whiteness(bands[0], power / samples),
            perceptual_db=self._perceptual.result_db(),
        )

    def _note_windows(self, left: Block) -> None:
        starts = self._edges[self._edges < left.shape[1]]
        counts = np.diff(np.append(starts, left.shape[1]))
        energies = np.add.reduceat(_energies(left), starts)
        self._active += int(counts[energies > 0.0].sum())
        worst = int((energies / counts).argmax())
        start, count = int(starts[worst]), int(counts[worst])
        peak = float(np.abs(left[:, start : start + count]).max())
        power = float(energies[worst]) / (count * left.shape[0])
        if power > 0.0:
            at = self._seconds * self._rate_hz + start
            self._worst = sorted([*self._worst, (-power, at, peak)])[:RANKED]

    def _note_sides(self, left: Block) -> None:
        for row, signal in enumerate(((left[0] + left[1]) / 2, (left[0] - left[1]) / 2)):
            self._sides[row, 0] = max(self._sides[row, 0], _largest(signal))
            self._sides[row, 1] += _product(signal, signal)

    def _ranked_windows(self) -> tuple[Window, ...]:
        return tuple(
            Window(self._start_s + at / self._rate_hz, amplitude_db(peak), power_db(-power))
            for power, at, peak in self._worst
        )

    def _told_channels(self) -> list[Channel]:
        left, of_a, of_b, product = self._sums / max(1, self._frames)
        names = {1: ("mono",), 2: ("left", "right")}.get(len(left))
        return [
            Channel(
                names[index] if names else str(index + 1),
                amplitude_db(self._peaks[index]),
                power_db(left[index]),
                power_db(of_b[index] / of_a[index]) if of_a[index] and of_b[index] else 0.0,
                -1 if product[index] < 0.0 else 1,
            )
            for index in range(len(left))
        ]

    def _told_sides(self) -> list[Channel]:
        if self._sums.shape[1] != 2:
            return []
        frames = max(1, self._frames)
        return [
            Channel(name, amplitude_db(peak), power_db(energy / frames))
            for name, (peak, energy) in zip(("mid", "side"), self._sides.tolist(), strict=True)
        ]

    def _ranked_bands(self, left: Powers, a: Powers, b: Powers) -> tuple[Band, ...]:
        found = [
            Band(nominal_hz(hz), power_db(rest), power_db(one), _change_db(one, other))
            for hz, rest, one, other in zip(
                THIRDS.centres_hz(self._rate_hz), left, a, b, strict=True
            )
        ]
        return tuple(sorted(found, key=lambda band: (-band.residual_dbfs, band.hz)))

    def _whiteness(self, bands: Powers, power: float) -> Whiteness:
        spectrum = self._spectra[0]
        widths = np.array(THIRDS.centres_hz(self._rate_hz)) * (10.0**0.05 - 10.0**-0.05)
        white = power * widths / (self._rate_hz / 2)
        ratios = bands / white if power > 0.0 else np.ones_like(bands)
        # A Hann window ties a line to its neighbours: 1.5 lines count as one.
        deviations = 1.0 / np.sqrt(
            max(1.0, spectrum.averages) * np.maximum(1.0, spectrum.bins / 1.5)
        )
        return Whiteness(tuple(ratios.tolist()), tuple(deviations.tolist()))


def _largest(row: Powers) -> float:
    """Return the largest magnitude of (frames,), NaN where there is one."""
    if (compiled := library()) is not None:
        largest: float = compiled.largest_magnitude(row, len(row))
        return largest
    return float(np.abs(row).max())


def _product(one: Powers, other: Powers) -> float:
    """Return the sum of the products of two (frames,)."""
    if (compiled := library()) is not None:
        total: float = compiled.sum_of_products(one, other, len(one))
        return total
    return float((one * other).sum())


def _energies(block: Block) -> Powers:
    """Return the (frames,) squares, all channels' added."""
    if (compiled := library()) is None:
        squares: Powers = (block * block).sum(axis=0)
        return squares
    energies = np.empty(block.shape[1])
    compiled.weighted_energy(
        block, block.shape[1], len(block), np.ones(len(block)), energies, len(energies)
    )
    return energies


def _change_db(a: float, b: float) -> float:
    """How B's level in a band differs; 0 where both are far below hearing and dither."""
    if max(a, b) < _UNHEARD:
        return 0.0
    return power_db(max(b, _UNHEARD)) - power_db(max(a, _UNHEARD))
