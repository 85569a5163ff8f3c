"""Recursive filters over a stream: the same bits for any blocks, and no slow tail in silence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.signal import sosfilt

from bridge.audio.framing import Block
from bridge.processing.biquads import Sections

GRID_FRAMES = 16384

_NOTHING = 1e-30
"""-600 dBFS. States under this end: as denormals they would cost a hundred times the work."""


def pieces(start: int, frames: int, grid: int) -> Iterator[slice]:
    """Cut `frames` frames, the first being frame `start` of the stream, at multiples of `grid`."""
    at = 0
    while at < frames:
        end = min(frames, at + grid - (start + at) % grid)
        yield slice(at, end)
        at = end


class SosFilter:
    """Second-order sections in float64 over (channels, frames) blocks."""

    def __init__(self, sections: Sections, channels: int) -> None:
        self._sections = sections
        self._state = np.zeros((len(sections), channels, 2))
        self._frames = 0

    def process(self, block: Block) -> Block:
        """Return the filtered block; without sections or frames, the block itself."""
        if not len(self._sections) or not block.shape[1]:
            return block
        cut = pieces(self._frames, block.shape[1], GRID_FRAMES)
        filtered = [self._piece(block[:, piece], self._frames + piece.start) for piece in cut]
        self._frames += block.shape[1]
        return filtered[0] if len(filtered) == 1 else np.concatenate(filtered, axis=1)

    def _piece(self, block: Block, frame: int) -> Block:
        self._drop_nothing(frame)
        filtered: Block
        filtered, self._state = sosfilt(self._sections, block, zi=self._state)
        return filtered

    def _drop_nothing(self, frame: int) -> None:
        if frame % GRID_FRAMES == 0 and np.abs(self._state).max() < _NOTHING:
            self._state[...] = 0.0
