"""True peak (ITU-R BS.1770-5, Annex 2): what the samples hide between them.

A 4x reading finds every frame whose neighbourhood could hold the maximum, since a band-limited
signal cannot fall below cos(pi / 8) of its maximum within 1/8 frame (Bernstein); only those frames
are read again at 16x, whose error stays under 0.05 dB up to the Nyquist frequency. Both readings
interpolate with the same Kaiser-windowed sinc of 24 taps.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.audio.framing import Framer

HALF_TAPS = 12
"""Frames of context a reading needs on either side."""

COARSE_BOUND = math.cos(math.pi / 8)
"""Least share of a maximum that the nearest 4x point shows."""

_KAISER_BETA = 5.65
_FINE_OFFSETS = tuple(step / 16 for step in range(-2, 16))
_TILE_FRAMES = 4096  # working arrays stay in the processor's cache
_GATHER = 2048
_GRID_FRAMES = 16384
_FINE_READINGS = 1024  # a grid's worth at most: a steady tone would otherwise be read whole

Peaks = npt.NDArray[np.float64]
"""(frames,) largest magnitude within [n, n + 1), over all channels."""


def _taps(offset: float) -> npt.NDArray[np.float64]:
    """Return the 25 weights of frames n-12 to n+12 that read the signal at n + `offset` frames."""
    distance = offset - np.arange(-HALF_TAPS, HALF_TAPS + 1)
    inside = np.clip(1.0 - (distance / HALF_TAPS) ** 2, 0.0, None)
    taps = np.sinc(distance) * np.i0(_KAISER_BETA * np.sqrt(inside)) * (inside > 0.0)
    # Rounded, since the last bits of i0 differ between processors.
    rounded: npt.NDArray[np.float64] = np.rint(taps / taps.sum() * 2.0**40) / 2.0**40
    return rounded


_FINE_TAPS = np.stack([_taps(offset) for offset in _FINE_OFFSETS])
_QUARTER = _taps(0.25)[1:]
_HALF = _taps(0.5)[1:]


def frame_peaks(padded: Block) -> Peaks:
    """Return the 4x peak of each frame: the larger magnitude at n, n+1/4, n+1/2, n+3/4.

    `padded` is (channels, 12 + frames + 12).
    """
    frames = padded.shape[1] - 2 * HALF_TAPS
    peaks = np.empty(frames)
    for start in range(0, frames, _TILE_FRAMES):
        stop = min(start + _TILE_FRAMES, frames)
        peaks[start:stop] = _tile_peaks(padded[:, start : stop + 2 * HALF_TAPS])
    return peaks


def _tile_peaks(padded: Block) -> Peaks:
    # The 1/4 and 3/4 readings mirror each other: their even and odd parts are computed once.
    frames = padded.shape[1] - 2 * HALF_TAPS
    even, odd, middle = (np.zeros((padded.shape[0], frames)) for _ in range(3))
    both, scaled = np.empty_like(even), np.empty_like(even)
    for step in range(HALF_TAPS):
        left = padded[:, HALF_TAPS - step : HALF_TAPS - step + frames]
        right = padded[:, HALF_TAPS + 1 + step : HALF_TAPS + 1 + step + frames]
        near, far = _QUARTER[HALF_TAPS - 1 - step], _QUARTER[HALF_TAPS + step]
        np.add(left, right, out=both)
        middle += np.multiply(both, _HALF[HALF_TAPS - 1 - step], out=scaled)
        even += np.multiply(both, (near + far) / 2, out=scaled)
        np.subtract(left, right, out=both)
        odd += np.multiply(both, (near - far) / 2, out=scaled)
    readings = (even + odd, even - odd, middle, padded[:, HALF_TAPS : HALF_TAPS + frames])
    largest: Peaks = np.abs(readings).max(axis=(0, 1))
    return largest


def fine_peaks(padded: Block, at: npt.NDArray[np.intp]) -> Peaks:
    """Return the 16x peak around each frame of `at`, over [n - 1/8, n + 15/16], over all channels.

    `padded` is (channels, 12 + frames + 12); `at` counts from its 13th column.
    """
    peaks = np.zeros(len(at))
    for start in range(0, len(at), _GATHER):
        some = at[start : start + _GATHER]
        for row in padded:
            reading = np.zeros((len(_FINE_OFFSETS), len(some)))
            for tap in range(2 * HALF_TAPS + 1):
                reading += _FINE_TAPS[:, tap, None] * row[some + tap]
            here = peaks[start : start + _GATHER]
            np.maximum(here, np.abs(reading).max(axis=0), out=here)
    return peaks


class FramePeaks:
    """The 4x peak of every frame of a stream; silence is assumed before and after it."""

    def __init__(self, channels: int) -> None:
        self._padded: Block = np.zeros((channels, HALF_TAPS))

    def add(self, block: Block) -> Peaks:
        """Take (channels, frames); return the peaks that are known, 12 frames behind the input."""
        padded = np.concatenate([self._padded, block], axis=1)
        keep = min(2 * HALF_TAPS, padded.shape[1])
        self._padded = padded[:, padded.shape[1] - keep :]
        return frame_peaks(padded) if padded.shape[1] > 2 * HALF_TAPS else np.empty(0)

    def rest(self) -> Peaks:
        """Return the peaks of the last frames."""
        return self.add(np.zeros((self._padded.shape[0], HALF_TAPS)))


class TruePeak:
    """The 16x true peak of a stream of blocks, linear."""

    def __init__(self, channels: int) -> None:
        self._framer = Framer(channels, _GRID_FRAMES)
        self._padded: Block = np.zeros((channels, HALF_TAPS))
        self._largest = 0.0

    def add(self, block: Block) -> Peaks:
        """Take (channels, frames); return the 4x peaks of the frames that became known."""
        ready = self._framer.add(block)
        starts = range(0, ready.shape[1], _GRID_FRAMES)
        known = [self._read(ready[:, start : start + _GRID_FRAMES]) for start in starts]
        return np.concatenate([np.empty(0), *known])

    def rest(self) -> Peaks:
        """Read the end of the stream; return the 4x peaks still owed."""
        silence = np.zeros((self._padded.shape[0], HALF_TAPS))
        return self._read(np.concatenate([self._framer.rest(), silence], axis=1))

    @property
    def largest(self) -> float:
        """The 16x true peak of all frames read so far."""
        return self._largest

    def _read(self, block: Block) -> Peaks:
        padded = np.concatenate([self._padded, block], axis=1)
        self._padded = padded[:, -2 * HALF_TAPS :]
        if padded.shape[1] <= 2 * HALF_TAPS:
            return np.empty(0)
        coarse = frame_peaks(padded)
        self._largest = max(self._largest, float(coarse.max()))
        near = np.flatnonzero(coarse > self._largest * COARSE_BOUND)
        loudest_first = near[np.argsort(-coarse[near], kind="stable")]
        fine = fine_peaks(padded, loudest_first[:_FINE_READINGS])
        self._largest = max(self._largest, float(fine.max(initial=0.0)))
        return coarse
