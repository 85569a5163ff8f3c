"""Long-term average spectra in sixths of an octave, streaming.

Welch's method (IEEE Trans. Audio Electroacoust. 15, 1967) with a Hann window and no overlap: over a
song the frames are many enough. Bands are base-ten sixths of an octave (IEC 61260-1, 5.4), from
20 Hz to 20 kHz or the highest that lies below half the sample rate.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bridge.audio import Block, Framer
from bridge.metering import SIXTHS, line_powers
from stemwright.decibels import power_db


def centres_hz(rate_hz: int) -> list[float]:
    """Exact mid-band frequencies up to the highest band below half of `rate_hz`."""
    return SIXTHS.centres_hz(rate_hz)


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
        self._power += line_powers(frame, self._window)
        self._count += 1

    def _bands(self) -> npt.NDArray[np.float64]:
        scale = self._count * self._frames * float(np.square(self._window).sum())
        return SIXTHS.powers(self._power / scale, self._rate_hz)


def _db(power: float) -> float | None:
    return round(power_db(power), 2) if power > 1e-20 else None
