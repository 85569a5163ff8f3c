"""Two files side by side, a second at a time, whatever sizes they decode in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bridge.audio import BLOCK_FRAMES, Block, Header, probe, read_blocks, reblocked


@dataclass(frozen=True)
class Streams:
    """Two signals of as many channels at one rate; each is read anew by a call.

    `lengths` are the frames of A and of B.
    """

    a: Callable[[], Iterable[Block]]
    b: Callable[[], Iterable[Block]]
    lengths: tuple[int, int]
    rate_hz: int
    channels: int

    @property
    def frames(self) -> int:
        """How many frames both have."""
        return min(self.lengths)


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
    def streams(self) -> Streams:
        """What is in the files. They have to be alike."""
        return Streams(
            lambda: read_blocks(self.a, self.block_frames),
            lambda: read_blocks(self.b, self.block_frames),
            (self.heads[0].frames, self.heads[1].frames),
            self.rate_hz,
            self.channels,
        )

    @property
    def alike(self) -> bool:
        """Whether rate and channels agree, so that samples can be subtracted."""
        one, other = self.heads
        return (one.sample_rate_hz, one.channels) == (other.sample_rate_hz, other.channels)


def opened_streams(a: Path, b: Path, block_frames: int = BLOCK_FRAMES) -> Pair:
    """Read both headers. Raises InputError as `bridge.audio.decode.probe` does."""
    return Pair(a, b, (probe(a), probe(b)), block_frames)


def side_by_side(pair: Pair) -> Iterator[tuple[Block, Block]]:
    """Yield (channels, n) of A and of B in whole seconds, the last one shorter.

    Frames of one that the other does not have are left out.
    """
    streams = (
        reblocked(read_blocks(path, pair.block_frames), pair.rate_hz) for path in (pair.a, pair.b)
    )
    for one, other in zip(*streams, strict=False):
        frames = min(one.shape[1], other.shape[1])
        yield one[:, :frames], other[:, :frames]


def first_frames(blocks: Iterable[Block], frames: int | None) -> Iterator[Block]:
    """Yield a stream's first `frames`, or all of it."""
    left = frames
    for block in blocks:
        if left is not None and left <= block.shape[1]:
            yield block[:, :left]
            return
        yield block
        left = None if left is None else left - block.shape[1]


def from_frame(blocks: Iterable[Block], start: int) -> Iterator[Block]:
    """Yield a stream from its frame `start` on."""
    for block in blocks:
        if block.shape[1] > start:
            yield block[:, start:]
        start = max(0, start - block.shape[1])


def rest_of_longer(pair: Pair) -> Iterator[Block]:
    """Yield what the longer file has after the other one ends."""
    one, other = pair.heads
    longer = pair.a if one.frames > other.frames else pair.b
    return from_frame(read_blocks(longer, pair.block_frames), pair.frames)


def first_difference(pair: Pair) -> int | None:
    """Return the first frame in which any sample differs; None when all samples are equal.

    Where one file ends before the other, that is a difference.
    """
    at = 0
    for one, other in side_by_side(pair):
        unequal = (one != other).any(axis=0)
        if unequal.any():
            return at + int(np.argmax(unequal))
        at += one.shape[1]
    return at if pair.heads[0].frames != pair.heads[1].frames else None
