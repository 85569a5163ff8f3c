"""Pushed samples cut again on an absolute grid, so that no result depends on the caller's cut."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Block = npt.NDArray[np.float64]
"""(channels, frames) float64."""

BLOCK_FRAMES = 16384
"""Frames a block usually has, few enough for a processor's cache; no result depends on it."""


class Framer:
    """Collects (channels, any) float64 blocks and gives them out in multiples of `grid_frames`."""

    def __init__(self, channels: int, grid_frames: int) -> None:
        self._grid_frames = grid_frames
        self._empty: Block = np.empty((channels, 0))
        self._waiting: list[Block] = []
        self._waiting_frames = 0

    def add(self, block: Block) -> Block:
        """Take (channels, frames); return the (channels, k * grid_frames) that are complete."""
        self._waiting_frames += block.shape[1]
        if self._waiting_frames < self._grid_frames:
            self._waiting.append(block.copy())  # the caller may reuse its buffer
            return self._empty
        self._waiting.append(block)
        joined = self._joined()
        ready = joined.shape[1] // self._grid_frames * self._grid_frames
        rest = joined[:, ready:]
        self._waiting = [rest.copy()] if rest.shape[1] else []
        self._waiting_frames -= ready
        return joined[:, :ready]

    def rest(self) -> Block:
        """Return the (channels, fewer than grid_frames) that never filled the grid."""
        rest = self._joined()
        self._waiting, self._waiting_frames = [], 0
        return rest

    def _joined(self) -> Block:
        if len(self._waiting) == 1:
            return self._waiting[0]
        return np.concatenate([self._empty, *self._waiting], axis=1)
