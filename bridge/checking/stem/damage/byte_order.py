"""Samples whose bytes stand in the wrong order: put right, what was noise moves like a sound."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.audio import Block

_WIDTHS = (16, 24)
_SLOWER = 0.05
"""Power of the steps with the bytes put right, of what it is: a sound's swapped are noise."""

_USED = 0.25
"""Of the samples have a last byte: fewer are of fewer bits, and next to nothing put right."""

_UNLIKE = 0.25
"""Of the samples differ from all others: a rectangle has two values, whatever its bytes."""


def is_swapped(pieces: Block) -> npt.NDArray[np.bool_]:
    """(pieces,) whether the steps of (pieces, frames) shrink with the bytes of each put right."""
    steps = _steps(pieces)
    found = np.zeros(len(pieces), np.bool_)
    for bits in _WIDTHS:
        whole = np.rint(pieces * 2.0 ** (bits - 1)).astype(np.int64)
        is_used = ((whole & 0xFF) != 0).mean(axis=1) > _USED
        is_used &= (np.diff(np.sort(whole, axis=1), axis=1) != 0).mean(axis=1) > _UNLIKE
        found |= is_used & (_steps(_put_right(whole, bits)) < _SLOWER * steps)
    return found


def _put_right(whole: npt.NDArray[np.int64], bits: int) -> Block:
    """Samples as integers of so many bits, the first byte last, full scale 1."""
    turned = np.zeros_like(whole)
    for _ in range(bits // 8):
        turned = (turned << 8) | (whole & 0xFF)
        whole >>= 8
    top = 1 << (bits - 1)
    return np.asarray(((turned ^ top) - top) / float(top))


def _steps(pieces: Block) -> npt.NDArray[np.float64]:
    """(pieces,) the power of the steps from sample to sample."""
    return np.asarray(np.square(np.diff(pieces, axis=1)).mean(axis=1))
