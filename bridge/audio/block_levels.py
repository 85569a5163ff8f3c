"""How loud a block is, and where in it sound ends."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bridge.audio.blocks import Block
from bridge.native import library


class BlockLevels(NamedTuple):
    """Largest magnitude, NaN where there is one, and the sum of squares, over all channels.

    `loud_frames` is the frame after the last one louder than what was asked, 0 for none.
    """

    peak: float
    squares: float
    loud_frames: int


def block_levels(block: Block, silence: float = math.inf) -> BlockLevels:
    """Measure (channels, 1 or more frames); `silence` is a linear magnitude."""
    block = np.ascontiguousarray(block)
    if (compiled := library()) is not None and len(block) == 2:
        found = np.empty(2)
        loud_frames = compiled.levels(block, block.shape[1], silence, found)
        return BlockLevels(float(found[0]), float(found[1]), loud_frames)
    with np.errstate(over="ignore", invalid="ignore"):
        level = np.abs(block).max(axis=0)
        squares = float(np.square(block).sum())
    loud = np.flatnonzero(level > silence)
    return BlockLevels(float(level.max()), squares, int(loud[-1]) + 1 if len(loud) else 0)
