"""Stretches of a file, held in memory for a closer look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from bridge.audio.blocks import Block


def gathered(blocks: Iterable[Block], starts: Sequence[int], length: int) -> list[Block]:
    """Return (channels, length) from each of `starts`, zeros where the stream has nothing."""
    held: list[Block | None] = [None] * len(starts)
    at, channels = 0, 1
    last = max(starts, default=0) + length
    for block in blocks:
        channels = block.shape[0]
        for index, start in enumerate(starts):
            held[index] = _filled(held[index], block, start - at, length)
        at += block.shape[1]
        if at >= last:
            break
    return [np.zeros((channels, length)) if span is None else span for span in held]


def _filled(span: Block | None, block: Block, start: int, length: int) -> Block | None:
    """Copy what `block` has of the stretch that begins `start` frames into it."""
    low, high = max(0, start), min(block.shape[1], start + length)
    if low >= high:
        return span
    span = np.zeros((block.shape[0], length)) if span is None else span
    span[:, low - start : high - start] = block[:, low:high]
    return span
