"""The limiter itself: samples and their peak envelope in, limited samples out."""

from __future__ import annotations

import numpy as np

from bridge.audio.framing import Block
from bridge.processing.limiting.curve import Curve, GainCurve, Shape
from bridge.processing.limiting.refinement import Refinement

MARGIN_DB = 0.05
"""How far under the ceiling the limiter aims, for meters whose filters differ from ours."""

_REFINEMENTS = 2


class Engine:
    """Holds a linear ceiling on a stream of samples whose 4x peak envelope is given with it."""

    def __init__(self, shape: Shape, ceiling: float, channels: int) -> None:
        self._refinements = [Refinement(shape, ceiling, channels) for _ in range(_REFINEMENTS)]
        self._curve = GainCurve(shape, ceiling)
        self._queues: list[Block] = [np.zeros((channels, 0)) for _ in range(_REFINEMENTS + 1)]

    def add(self, samples: Block, peaks: Curve) -> tuple[Block, Curve]:
        """Take (channels, frames) and their (frames,) peaks; return the samples and gains known."""
        for index, refinement in enumerate(self._refinements):
            peaks = refinement.add(samples, peaks)
            samples = self._queued(index, samples, len(peaks))
        gain = self._curve.add(peaks)
        return self._queued(-1, samples, len(gain)) * gain, gain

    def rest(self) -> tuple[Block, Curve]:
        """Return the limited samples and gains still owed."""
        samples, peaks = self._queues[0][:, :0], np.empty(0)
        for index, refinement in enumerate(self._refinements):
            peaks = np.concatenate([refinement.add(samples, peaks), refinement.rest()])
            samples = self._queued(index, samples, len(peaks))
        gain = self._curve.add(peaks)
        owed = self._queues[-1].shape[1] + samples.shape[1] - len(gain)
        gain = np.concatenate([gain, self._curve.rest(owed)])
        return self._queued(-1, samples, len(gain)) * gain, gain

    def _queued(self, index: int, samples: Block, frames: int) -> Block:
        """Append `samples` to a queue and take its first `frames`."""
        queue = np.concatenate([self._queues[index], samples], axis=1)
        self._queues[index] = queue[:, frames:]
        return queue[:, :frames]
