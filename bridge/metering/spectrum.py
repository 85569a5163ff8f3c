"""Spectra of streams in thirds and sixths of an octave, base ten (IEC 61260-1, 5.4)."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bridge.audio import Block, Framer
from bridge.native import library
from stemwright.decibels import power_db
from stemwright.values import dataclass

Powers = npt.NDArray[np.float64]
"""(lines,) or (bands,) of power."""


@dataclass(frozen=True)
class Bands:
    """Mid-band frequencies `decades` apart, `lowest` to `highest` steps from 1 kHz."""

    decades: float
    lowest: int
    highest: int

    def centres_hz(self, rate_hz: int) -> list[float]:
        """Exact mid-band frequencies whose band lies below half of `rate_hz`."""
        steps = range(self.lowest, self.highest + 1)
        exact = [1000.0 * 10.0 ** (self.decades * n) for n in steps]
        return [hz for hz in exact if hz * self._to_edge < rate_hz / 2]

    def widths_hz(self, rate_hz: int) -> Powers:
        """How far each band of `centres_hz` reaches, from edge to edge."""
        widths: Powers = np.array(self.centres_hz(rate_hz)) * (self._to_edge - 1 / self._to_edge)
        return widths

    def powers(self, lines: Powers, rate_hz: int) -> Powers:
        """Add up the lines of a one-sided spectrum, a line on an edge by its share.

        Rounding may leave a band without power a little under 0.
        """
        size = 2 * (len(lines) - 1)
        below = np.concatenate([[0.0], np.cumsum(lines)])
        edges = (np.arange(len(below)) - 0.5) * rate_hz / size
        centres = np.array(self.centres_hz(rate_hz))
        low = np.interp(centres / self._to_edge, edges, below)
        high = np.interp(centres * self._to_edge, edges, below)
        added: Powers = high - low
        return added

    @property
    def _to_edge(self) -> float:
        return math.sqrt(10.0**self.decades)


THIRDS = Bands(0.1, -16, 13)
"""Thirds of an octave from 25 Hz to 20 kHz."""

SIXTHS = Bands(0.05, -34, 26)
"""Sixths of an octave from 20 Hz to 20 kHz."""


def add_line_powers(total: Powers, frame: Block, window: Powers) -> None:
    """Add the squared magnitudes of (channels, size), all channels', to (size / 2 + 1,)."""
    spectrum = np.fft.rfft(frame * window, axis=1)
    if (compiled := library()) is not None:
        compiled.add_line_powers(spectrum.view(np.float64), *spectrum.shape, total)
        return
    total += (np.square(spectrum.real) + np.square(spectrum.imag)).sum(axis=0)


class SixthOctaveSpectrum:
    """Takes (2, frames) blocks and averages their power; the cut of the blocks does not matter.

    Welch's method (IEEE Trans. Audio Electroacoust. 15, 1967) with a Hann window and no overlap:
    over a song the frames are many enough.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._frames = 1 << round(math.log2(rate_hz / 2.93))
        self._window = np.hanning(self._frames + 1)[:-1]
        self._framer = Framer(2, self._frames)
        self._power = np.zeros(self._frames // 2 + 1)
        self._count = 0

    def add(self, block: Block) -> None:
        """Take the next samples."""
        ready = self._framer.add(block)
        for start in range(0, ready.shape[1], self._frames):
            self._take(ready[:, start : start + self._frames])

    def result_db(self) -> list[float | None]:
        """The power in every band of `SIXTHS`, mean of both channels, in dB re full scale.

        A full-scale sine on both sides reads -3.01; None is silence.
        """
        rest = self._framer.rest()
        if not self._count and rest.shape[1]:
            self._take(np.pad(rest, ((0, 0), (0, self._frames - rest.shape[1]))))
        if not self._count:
            return [None for _ in SIXTHS.centres_hz(self._rate_hz)]
        return [_db(power) for power in self._band_powers()]

    def _take(self, frame: Block) -> None:
        add_line_powers(self._power, frame, self._window)
        self._count += 1

    def _band_powers(self) -> npt.NDArray[np.float64]:
        scale = self._count * self._frames * float(np.square(self._window).sum())
        return SIXTHS.powers(self._power / scale, self._rate_hz)


def _db(power: float) -> float | None:
    return round(power_db(power), 2) if power > 1e-20 else None


_SLOWEST_HZ = 6.0


def nominal_hz(hz: float) -> float:
    """The name an engineer knows a band by (31.5, 1000, 12500)."""
    for nominal in (1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0, 10.0):
        scale = 10.0 ** math.floor(math.log10(hz) + 1e-9)
        if abs(hz / scale / nominal - 1.0) < 0.05:
            return float(f"{nominal * scale:.4g}")
    return hz


class ThirdOctaveSpectrum:
    """Takes (channels, frames) and averages their power; the cut of the blocks does not matter.

    Welch's method with a Hann window, half overlapped, every sample counted.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz = rate_hz
        self._size = 1 << math.ceil(math.log2(rate_hz / _SLOWEST_HZ))
        self._window = np.hanning(self._size + 1)[:-1]
        self._held: Block = np.zeros((channels, self._size // 2))
        self._power = np.zeros(self._size // 2 + 1)
        self._frames = 0

    @property
    def averages(self) -> float:
        """How many independent spectra went in, channels apart (two overlapped ones are 1.9)."""
        return float(0.95 * self._held.shape[0] * 2.0 * self._frames / self._size)

    @property
    def bins(self) -> npt.NDArray[np.float64]:
        """How many lines of the spectrum fall into each band."""
        width = THIRDS.widths_hz(self._rate_hz)
        lines: npt.NDArray[np.float64] = width * self._size / self._rate_hz
        return lines

    def add(self, block: Block) -> None:
        """Take the next samples."""
        self._frames += block.shape[1]
        held, hop = np.concatenate([self._held, block], axis=1), self._size // 2
        start = 0
        while start + self._size <= held.shape[1]:
            self._take(held[:, start : start + self._size])
            start += hop
        self._held = held[:, start:].copy()

    def result(self) -> Powers:
        """Close the stream; (bands,) mean square in each of `THIRDS`, mean over the channels."""
        padded = np.pad(self._held, ((0, 0), (0, 2 * self._size)))
        for start in range(0, self._held.shape[1], self._size // 2):
            self._take(padded[:, start : start + self._size])
        # Every sample was weighted by two windows whose squares sum to 0.75 on average.
        samples = max(1, self._frames * self._held.shape[0])
        scale = 2.0 / (0.75 * self._size * samples)
        bands: Powers = np.maximum(THIRDS.powers(self._power * scale, self._rate_hz), 0.0)
        return bands

    def _take(self, frame: Block) -> None:
        add_line_powers(self._power, frame, self._window)
