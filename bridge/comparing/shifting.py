"""Delays of a fraction of a sample: a windowed sinc, flat up to 0.97 of half the sample rate.

It stops at half the rate (Kaiser's formula, 108 dB), so that its phase is linear all the way: two
signals brought together by half the fraction each are coloured alike and cancel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
from scipy.signal import oaconvolve

from bridge.audio.blocks import Block, reblocked

HALF_TAPS = 256
"""Frames next to either end that a shift cannot give."""

_KAISER_BETA = 11.0
_CUTOFF = 0.9863
_GRID_FRAMES = 32768


def taps(advance: float) -> npt.NDArray[np.float64]:
    """Return the 513 weights that read a signal `advance` frames later, |advance| < 1."""
    distance = np.arange(-HALF_TAPS, HALF_TAPS + 1) + advance
    inside = np.clip(1.0 - (distance / (HALF_TAPS + 1)) ** 2, 0.0, None)
    kernel = np.sinc(_CUTOFF * distance) * np.i0(_KAISER_BETA * np.sqrt(inside))
    weights: npt.NDArray[np.float64] = kernel / kernel.sum()
    return weights


def advanced(block: Block, advance: float) -> Block:
    """Return (channels, frames - 512): `block` read `advance` frames later, from its frame 256."""
    shifted: Block = oaconvolve(block, taps(advance)[None], mode="valid", axes=1)
    return shifted


def advanced_stream(blocks: Iterable[Block], advance: float) -> Iterator[Block]:
    """Yield the stream read `advance` frames later, from its frame 256 to its 256th last.

    Worked on a grid of its own, so the result does not depend on the blocks given.
    """
    held: Block | None = None
    for block in reblocked(blocks, _GRID_FRAMES):
        joined = block if held is None else np.concatenate([held, block], axis=1)
        if joined.shape[1] > 2 * HALF_TAPS:
            yield advanced(joined, advance)
        held = joined[:, -2 * HALF_TAPS :]
