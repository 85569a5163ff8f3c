"""Prints of blocks, by which a stream is known again: fast, and no proof against forgery."""

from __future__ import annotations

import numpy as np

from bridge.audio.blocks import Block
from bridge.native import library, rows

_TILE_FRAMES = 1024
_FACTOR = 0x9E3779B97F4A7C15
_ALL_BITS = (1 << 64) - 1
_KEYS = np.random.Generator(np.random.PCG64(2)).integers(
    0, 1 << 32, 2 * _TILE_FRAMES, dtype=np.uint32
)


def block_print(block: Block) -> str:
    """Return 16 hex digits of (channels, frames): other samples have them once in 2**32 times.

    Every bit of a sample counts: -0.0 is not 0.0.
    """
    found = len(block)
    compiled = library()
    for row in rows(block)[0] if block.shape[1] else block:
        if compiled is not None:
            found = compiled.row_print(row, len(row), _KEYS, _FACTOR, found)
            continue
        for start in range(0, len(row), _TILE_FRAMES):
            words = row[start : start + _TILE_FRAMES].astype("<f8", copy=False).view("<u4")
            keyed = (words + _KEYS[: len(words)]).astype(np.uint64).reshape(-1, 2)
            found = (found * _FACTOR + int((keyed[:, 0] * keyed[:, 1]).sum())) & _ALL_BITS
    return f"{found:016x}"
