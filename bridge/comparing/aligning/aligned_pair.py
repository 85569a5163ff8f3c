"""Two files in one time: B read where alignment found it, at A's level and polarity."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.audio import Block, read_blocks, reblocked
from bridge.comparing.aligning.alignment import Alignment
from bridge.comparing.aligning.delay import HALF_TAPS, advanced_stream
from bridge.comparing.side_by_side import Pair, starting_at


def overlap(pair: Pair, alignment: Alignment) -> tuple[int, int]:
    """The first frame of A that `together` yields, and how many it does; below 1 for none."""
    whole, half = _split(alignment)
    margin = HALF_TAPS if half else 0
    one, other = (head.frames for head in pair.heads)
    frames = min(one - max(0, -whole), other - max(0, whole)) - 2 * margin
    return max(0, -whole) + margin, frames


def together(pair: Pair, alignment: Alignment, size: int) -> Iterator[tuple[Block, Block]]:
    """Yield A and B as A would have it, `size` frames at a time, as long as both have any."""
    whole, half = _split(alignment)
    one = starting_at(read_blocks(pair.a, pair.block_frames), max(0, -whole))
    other = starting_at(read_blocks(pair.b, pair.block_frames), max(0, whole))
    # Half the fraction each: an interpolator that works on one alone would be part of the residual.
    moved = (advanced_stream(one, -half), advanced_stream(other, half)) if half else (one, other)
    for a, b in zip(*(reblocked(each, size) for each in moved), strict=False):
        frames = min(a.shape[1], b.shape[1])
        yield a[:, :frames], alignment.undone(b[:, :frames])


def _split(alignment: Alignment) -> tuple[int, float]:
    """Whole frames, and half of the fraction that remains, which either file is moved by."""
    whole = round(alignment.offset_frames)
    return whole, (alignment.offset_frames - whole) / 2
