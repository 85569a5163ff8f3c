"""Two files side by side, a second at a time, whatever sizes they decode in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np

from bridge.audio import BLOCK_FRAMES, Block
from bridge.audio.decode import Header, probe, read_blocks
from bridge.audio.sums import reblocked


@dataclass(frozen=True)
class Pair:
    """Two files to compare; results do not depend on `block_frames`, the frames decoded at once."""

    a: Path
    b: Path
    heads: tuple[Header, Header]
    block_frames: int = BLOCK_FRAMES

    @property
    def rate_hz(self) -> int:
        """The rate of both."""
        return self.heads[0].sample_rate_hz

    @property
    def channels(self) -> int:
        """The channels of both."""
        return self.heads[0].channels

    @property
    def frames(self) -> int:
        """How many frames both have."""
        return min(head.frames for head in self.heads)

    @property
    def alike(self) -> bool:
        """Whether rate and channels agree, so that samples can be subtracted."""
        one, other = self.heads
        return (one.sample_rate_hz, one.channels) == (other.sample_rate_hz, other.channels)


def opened(a: Path, b: Path, block_frames: int = BLOCK_FRAMES) -> Pair:
    """Read both headers. Raises InputError as `bridge.audio.decode.probe` does."""
    return Pair(a, b, (probe(a), probe(b)), block_frames)


def side_by_side(pair: Pair, lag_frames: int = 0) -> Iterator[tuple[Block, Block]]:
    """Yield (channels, n) of A and of B `lag_frames` later, in whole seconds, the last one shorter.

    Frames of one that the other does not have are left out.
    """
    one = _from(read_blocks(pair.a, pair.block_frames), max(0, -lag_frames))
    other = _from(read_blocks(pair.b, pair.block_frames), max(0, lag_frames))
    for first, second in zip(
        reblocked(one, pair.rate_hz), reblocked(other, pair.rate_hz), strict=False
    ):
        frames = min(first.shape[1], second.shape[1])
        yield first[:, :frames], second[:, :frames]


def _from(blocks: Iterable[Block], start: int) -> Iterator[Block]:
    for block in blocks:
        if block.shape[1] > start:
            yield block[:, start:]
        start = max(0, start - block.shape[1])


def first_difference(pair: Pair) -> int | None:
    """Return the first frame in which any sample differs; None when all samples are equal.

    Where one file ends before the other, that is a difference.
    """
    at = 0
    one = reblocked(read_blocks(pair.a, pair.block_frames))
    other = reblocked(read_blocks(pair.b, pair.block_frames))
    for first, second in zip_longest(one, other):
        if first is None or second is None:
            return at
        frames = min(first.shape[1], second.shape[1])
        unequal = (first[:, :frames] != second[:, :frames]).any(axis=0)
        if unequal.any():
            return at + int(np.argmax(unequal))
        at += frames
        if first.shape[1] != second.shape[1]:
            return at
    return None
