"""Second-order sections over blocks: in C, or by scipy with the same bits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.audio.blocks import Block
from bridge.native import library, rows


def run_sections(
    sections: npt.NDArray[np.float64], block: Block, state: npt.NDArray[np.float64]
) -> Block:
    """Return (channels, frames) through (count, 6) sections, b0 b1 b2 1 a1 a2 each.

    `state` is (count, channels, 2) and is moved on to the next block's. On Apple's processors
    scipy's may round a product and a sum at once; the kernels never do.
    """
    channels, frames = block.shape
    if (compiled := library()) is None:
        from scipy.signal import sosfilt

        filtered, state[...] = sosfilt(sections, block, axis=1, zi=state)
        done: Block = filtered
        return done
    out = np.empty((channels, frames))
    fed, stride = rows(block)
    compiled.sosfilt(fed, stride, out, frames, channels, frames, sections, len(sections), state)
    return out
