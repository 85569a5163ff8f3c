"""How loud a block is, and where in it sound ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bridge.audio.blocks import Block
from bridge.native import library, rows


class BlockLevels(NamedTuple):
    """Largest magnitude, NaN where there is one, and the sum of squares, over all channels."""

    peak: float
    squares: float


def block_levels(block: Block) -> BlockLevels:
    """Measure (channels, 1 or more frames)."""
    block = np.ascontiguousarray(block)
    if (compiled := library()) is not None and len(block) == 2:
        found = np.empty(2)
        compiled.levels(block, block.shape[1], found)
        return BlockLevels(*found.tolist())
    with np.errstate(over="ignore", invalid="ignore"):
        return BlockLevels(float(np.abs(block).max()), float(np.square(block).sum()))


def frames_until_quiet(block: Block, silence: float) -> int:
    """Return the frame after the last of (2, frames) over a linear magnitude, 0 for none."""
    if (compiled := library()) is not None and block.shape[1]:
        heard, stride = rows(block)
        return int(compiled.frames_until_quiet(heard, stride, block.shape[1], silence))
    loud = np.flatnonzero((np.abs(block) > silence).any(axis=0))
    return int(loud[-1]) + 1 if len(loud) else 0
