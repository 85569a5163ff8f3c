"""Long-term average spectra in sixths of an octave, streaming.

Welch's method (IEEE Trans. Audio Electroacoust. 15, 1967) with a Hann window and no overlap: over a
song the frames are many enough. Bands are base-ten sixths of an octave (IEC 61260-1, 5.4), from
20 Hz to 20 kHz or the highest that lies below half the sample rate.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.audio.framing import Framer
from stemwright.decibels import power_db

LOWEST_HZ = 20.0
HIGHEST_HZ = 20000.0
_STEP = 10.0**0.05
_BANDS = 61


def centres_hz(rate_hz: int) -> list[float]:
    """Exact mid-band frequencies up to the highest band below half of `rate_hz`."""
    exact = [1000.0 * 10.0 ** (0.05 * (n - 34)) for n in range(_BANDS)]
    return [hz for hz in exact if hz * math.sqrt(_STEP) < rate_hz / 2]


class Spectrum:
    """Takes (2, frames) blocks and averages their power; the cut of the blocks does not matter."""

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
        """The power in every band of `centres_hz`, mean of both channels, in dB re full scale.

        A full-scale sine on both sides reads -3.01; None is silence.
        """
        rest = self._framer.rest()
        if not self._count and rest.shape[1]:
            self._take(np.pad(rest, ((0, 0), (0, self._frames - rest.shape[1]))))
        if not self._count:
            return [None for _ in centres_hz(self._rate_hz)]
        return [_db(power) for power in self._bands()]

    def _take(self, frame: Block) -> None:
        spectrum = np.fft.rfft(frame * self._window, axis=1)
        self._power += (np.square(spectrum.real) + np.square(spectrum.imag)).sum(axis=0)
        self._count += 1

    def _bands(self) -> npt.NDArray[np.float64]:
        scale = self._count * self._frames * float(np.square(self._window).sum())
        below = np.concatenate([[0.0], np.cumsum(self._power / scale)])
        edges = (np.arange(len(below)) - 0.5) * self._rate_hz / self._frames
        centres = np.array(centres_hz(self._rate_hz))
        low = np.interp(centres / math.sqrt(_STEP), edges, below)
        high = np.interp(centres * math.sqrt(_STEP), edges, below)
        bands: npt.NDArray[np.float64] = high - low
        return bands


def _db(power: float) -> float | None:
    return round(power_db(power), 2) if power > 1e-20 else None
