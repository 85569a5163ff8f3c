"""What the samples themselves tell: mean, correlation, crest, the largest."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.native import Library, library, rows
from stemwright.decibels import amplitude_db

Samples = npt.NDArray[np.float64]


class Statistics:
    """Running sums of a stream that arrives on a fixed grid."""

    def __init__(self, channels: int) -> None:
        self._frames = 0
        self._sums = np.zeros(channels)
        self._squares = np.zeros(channels)
        self._product = 0.0
        self.largest = 0.0
        """Largest sample magnitude."""

    def add(self, block: Block) -> None:
        """Take (channels, frames)."""
        self._frames += block.shape[1]
        if (compiled := library()) is not None and len(block) == 2:
            self._add_stereo(compiled, *rows(block)[0])
            return
        self._sums += block.sum(axis=1)
        self._squares += np.square(block).sum(axis=1)
        if len(block) == 2:
            self._product += float((block[0] * block[1]).sum())
        self.largest = max(self.largest, float(np.abs(block).max(initial=0.0)))

    def _add_stereo(self, compiled: Library, left: Samples, right: Samples) -> None:
        found = np.empty(5)
        compiled.statistics(left, right, len(left), found)
        self._sums += found[:2]
        self._squares += found[2:4]
        self._product += float(found[4])
        for row in (left, right):
            self.largest = max(self.largest, compiled.largest_magnitude(row, len(row)))

    @property
    def dc(self) -> tuple[float, ...]:
        """The mean of each channel."""
        return tuple((self._sums / max(1, self._frames)).tolist())

    @property
    def correlation(self) -> float:
        """Normalised product of left and right in [-1, 1]; NaN unless stereo and both sound."""
        power = math.sqrt(math.prod(self._squares.tolist())) if len(self._squares) == 2 else 0.0
        return min(1.0, max(-1.0, self._product / power)) if power > 0.0 else math.nan

    @property
    def crest_db(self) -> float:
        """Sample peak over the RMS of all channels; NaN for silence."""
        mean_square = float(self._squares.sum()) / max(1, self._frames * len(self._squares))
        return amplitude_db(self.largest / math.sqrt(mean_square)) if mean_square else math.nan
