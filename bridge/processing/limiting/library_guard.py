"""What the limiter takes off where libebur128 reads more between samples than there is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.audio import HALF_TAPS, Block, library_phases, library_readings
from bridge.processing.limiting.curves import Curve, frames_over
from bridge.processing.limiting.queue import Queue
from stemwright.decibels import linear

_NEAR = linear(-0.4)
"""Only over a peak this near the ceiling does music read over it."""

_UNDER = linear(-0.005)
_FLAT_FRAMES = HALF_TAPS + 4
_SLOPE_FRAMES = 80
_REACH_FRAMES = _FLAT_FRAMES + _SLOPE_FRAMES
_LAG_FRAMES = _REACH_FRAMES + HALF_TAPS
_READ_AT_ONCE = 4096


def _dip() -> Curve:
    """How much of a reduction each frame around it has: all within the filter, then less."""
    steps = np.arange(1, _SLOPE_FRAMES + 1) / (_SLOPE_FRAMES + 1)
    slope = steps * steps * (3.0 - 2.0 * steps)
    return np.concatenate([slope, np.ones(2 * _FLAT_FRAMES + 1), slope[::-1]])


_DIP = _dip()


class LibraryGuard:
    """Keeps a limited stream under a linear ceiling as libebur128 reads it.

    A file is judged by its reading, and its short filter reads up to 0.2 dB more than there is
    where much lies near half the sample rate. Only where it reads too much the gain dips by that,
    for 4 ms. The first and last twelve frames are not read.
    """

    def __init__(self, sample_rate_hz: int, ceiling: float) -> None:
        self._phases = library_phases(sample_rate_hz)
        self._ceiling = ceiling
        self._peaks = Queue(np.empty(0))
        self._near: npt.NDArray[np.intp] = np.empty(0, np.intp)
        self._gain: Curve = np.empty(0)
        self._dips: Curve = np.ones(_REACH_FRAMES)
        self._given_frames = 0

    @property
    def waiting_frames(self) -> int:
        """Frames whose gain was taken and not yet given out."""
        return len(self._gain)

    def add(self, samples: Block, peaks: Curve, gain: Curve, *, ended: bool) -> Curve:
        """Take the next (frames,) peaks and gains; return the gains that became known.

        `samples` are all (channels, frames) whose gain was not given out. Peaks may be ahead.
        """
        waiting = len(self._gain)
        self._peaks.append(peaks)
        near = frames_over(self._peaks.take(len(gain)), gain, self._ceiling * _NEAR) + waiting
        self._near = np.concatenate([self._near, near])
        self._gain = np.concatenate([self._gain, gain])
        self._dips = np.concatenate([self._dips, np.ones(len(gain))])
        known = len(self._gain) - HALF_TAPS
        ready = self._near[(self._near < known) & (self._near + self._given_frames >= HALF_TAPS)]
        for start in range(0, len(ready), _READ_AT_ONCE):
            self._read(samples, ready[start : start + _READ_AT_ONCE])
        self._near = self._near[self._near >= known]
        return self._given(len(self._gain) if ended else max(0, len(self._gain) - _LAG_FRAMES))

    def _read(self, samples: Block, near: npt.NDArray[np.intp]) -> None:
        """Read limited samples at frames counted from the first that waits; dip where over."""
        if not self._phases:
            return
        around = near[:, None] + np.arange(-HALF_TAPS, HALF_TAPS + 1)
        readings = library_readings(samples[:, around] * self._gain[around], self._phases)
        over = readings > self._ceiling
        for frame, reading in zip(near[over], readings[over], strict=True):
            reduction = 1.0 - self._ceiling * _UNDER / reading
            first = frame - _REACH_FRAMES
            dips = self._dips[max(0, first) : frame + _REACH_FRAMES + 1]
            np.minimum(dips, 1.0 - reduction * _DIP[max(0, -first) :], out=dips)

    def _given(self, frames: int) -> Curve:
        gain, dips = self._gain[:frames], self._dips[:frames]
        self._gain, self._dips = self._gain[frames:], self._dips[frames:]
        self._near = self._near - frames
        self._given_frames += frames
        return gain * dips if dips.min(initial=1.0) < 1.0 else gain
