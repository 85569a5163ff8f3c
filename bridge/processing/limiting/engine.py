"""The limiter itself: peaks raised by what a first gain leaves, then the gain, in any chunks."""

from __future__ import annotations

import numpy as np

from bridge.audio import BAND_BOUND, FINE_HALF_TAPS, Block, fine_peaks
from bridge.processing.limiting.curves import Curve, frames_over
from bridge.processing.limiting.gain_curve import GainCurve, Shape
from bridge.processing.limiting.library_guard import LibraryGuard
from bridge.processing.limiting.queue import Queue


class Refinement:
    """Raises a peak envelope where a signal limited by it still reads over the ceiling at 16x.

    The 4x envelope misses up to 2 dB near half the sample rate, and a moving gain shifts what lies
    between the samples; this catches both. Only frames that could be over are read.
    """

    def __init__(self, shape: Shape, ceiling: float, channels: int) -> None:
        self._curve = GainCurve(shape, ceiling)
        self._ceiling = ceiling
        self._samples = Queue(np.zeros((channels, 0)))
        self._peaks = Queue(np.empty(0))
        self._gain = Queue(np.empty(0))
        self._limited = Queue(np.zeros((channels, FINE_HALF_TAPS)))

    def add(self, samples: Block, peaks: Curve) -> Curve:
        """Take (channels, frames) and their (frames,) peaks; return the raised peaks known."""
        self._samples.append(samples)
        self._peaks.append(peaks)
        return self._raised(self._curve.add(peaks), silence_frames=0)

    def rest(self) -> Curve:
        """Return the raised peaks still owed."""
        return self._raised(self._curve.rest(len(self._samples)), silence_frames=FINE_HALF_TAPS)

    def _raised(self, gain: Curve, silence_frames: int) -> Curve:
        limited = self._limited.room(len(gain) + silence_frames)
        np.multiply(self._samples.take(len(gain)), gain, out=limited[:, : len(gain)])
        limited[:, len(gain) :] = 0.0
        self._gain.append(gain)
        return self._read(max(0, len(self._limited) - 2 * FINE_HALF_TAPS))

    def _read(self, frames: int) -> Curve:
        raised, gain = self._peaks.take(frames).copy(), self._gain.take(frames)
        near = frames_over(raised, gain, self._ceiling * BAND_BOUND)
        fine = fine_peaks(self._limited.held, near, self._ceiling)
        over, fine = near[fine > self._ceiling], fine[fine > self._ceiling]
        raised[over] = np.maximum(raised[over], fine / gain[over])
        self._limited.take(frames)
        return raised


MARGIN_DB = 0.05
"""How far under the ceiling the limiter aims, for meters whose filters differ from ours."""

_REFINEMENTS = 2


class Engine:
    """Holds a linear ceiling on a stream of samples whose 4x peak envelope is given with it.

    A `guard` has the last word on the gains.
    """

    def __init__(
        self, shape: Shape, ceiling: float, channels: int, guard: LibraryGuard | None = None
    ) -> None:
        self._guard = guard
        self._refinements = [Refinement(shape, ceiling, channels) for _ in range(_REFINEMENTS)]
        self._curve = GainCurve(shape, ceiling)
        self._queues = [Queue(np.zeros((channels, 0))) for _ in range(_REFINEMENTS + 1)]

    def add(self, samples: Block, peaks: Curve) -> tuple[Block, Curve]:
        """Take (channels, frames) and their (frames,) peaks; return the samples and gains known."""
        for index, refinement in enumerate(self._refinements):
            peaks = refinement.add(samples, peaks)
            samples = self._queued(index, samples, len(peaks))
        return self._limited(samples, peaks, self._curve.add(peaks))

    def rest(self) -> tuple[Block, Curve]:
        """Return the limited samples and gains still owed."""
        samples, peaks = self._queues[0].first(0), np.empty(0)
        for index, refinement in enumerate(self._refinements):
            peaks = np.concatenate([refinement.add(samples, peaks), refinement.rest()])
            samples = self._queued(index, samples, len(peaks))
        gain = self._curve.add(peaks)
        waiting = 0 if self._guard is None else self._guard.waiting_frames
        owed = len(self._queues[-1]) + samples.shape[1] - waiting - len(gain)
        gain = np.concatenate([gain, self._curve.rest(owed)])
        return self._limited(samples, peaks, gain, ended=True)

    def _limited(
        self, samples: Block, peaks: Curve, gain: Curve, *, ended: bool = False
    ) -> tuple[Block, Curve]:
        """Append `samples` and the peaks before them; give out what has its last gain."""
        queue = self._queues[-1]
        queue.append(samples)
        if self._guard is not None:
            gain = self._guard.add(queue.held, peaks, gain, ended=ended)
        return queue.take(len(gain)) * gain, gain

    def _queued(self, index: int, samples: Block, frames: int) -> Block:
        """Append `samples` to a queue and take its first `frames`."""
        self._queues[index].append(samples)
        return self._queues[index].take(frames)
