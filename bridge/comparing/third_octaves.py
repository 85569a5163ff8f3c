"""Third-octave spectra of streams (IEC 61260-1, base ten) by Welch's method, half overlapped."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.metering import THIRDS, line_powers

_SLOWEST_HZ = 6.0

Bands = npt.NDArray[np.float64]
"""(bands,) mean square in each band of `centres_hz`, mean over the channels."""


def centres_hz(rate_hz: int) -> list[float]:
    """Exact mid-band frequencies whose band lies below half of `rate_hz`."""
    return THIRDS.centres_hz(rate_hz)


def nominal_hz(hz: float) -> float:
    """The name an engineer knows a band by (31.5, 1000, 12500)."""
    for nominal in (1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0, 10.0):
        scale = 10.0 ** math.floor(math.log10(hz) + 1e-9)
        if abs(hz / scale / nominal - 1.0) < 0.05:
            return float(f"{nominal * scale:.4g}")
    return hz


class Octaves:
    """Takes (channels, frames) and averages their power; the cut of the blocks does not matter."""

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

    def result(self) -> Bands:
        """Close the stream and return the power of its bands."""
        padded = np.pad(self._held, ((0, 0), (0, 2 * self._size)))
        for start in range(0, self._held.shape[1], self._size // 2):
            self._take(padded[:, start : start + self._size])
        # Every sample was weighted by two windows whose squares sum to 0.75 on average.
        samples = max(1, self._frames * self._held.shape[0])
        scale = 2.0 / (0.75 * self._size * samples)
        bands: Bands = np.maximum(THIRDS.powers(self._power * scale, self._rate_hz), 0.0)
        return bands

    def _take(self, frame: Block) -> None:
        self._power += line_powers(frame, self._window)
