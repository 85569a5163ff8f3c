"""A, B brought to A, and what remains: outlines of the whole, samples of the worst moment."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bridge.audio import Block
from bridge.audio.decode import read_blocks
from bridge.audio.sums import reblocked
from bridge.comparing.alignment import Alignment
from bridge.comparing.model import FileDiff
from bridge.comparing.shifting import HALF_TAPS, advanced_stream
from bridge.comparing.walking import Pair, opened, starting_at

COLUMNS = 800
EXCERPT_S = 12
HIGH_RATE_EXCERPT_S = 10
_HIGH_RATE_HZ = 48000
_WALK_FRAMES = 65536


@dataclass(frozen=True)
class Outline:
    """The lowest and highest sample of any channel, linear, column by column."""

    lows: tuple[float, ...]
    highs: tuple[float, ...]

    @property
    def peak(self) -> float:
        """The largest magnitude."""
        return max((max(-low, high) for low, high in zip(self.lows, self.highs, strict=True)))


@dataclass(frozen=True)
class Signals:
    """One pair as the page needs it: everything in A's time, from `start_s` for `seconds`.

    `whole` are the outlines of A, B and B minus A; `a` and `b` (channels, frames) the excerpt,
    which starts at `excerpt_s`. `undone_db` is the gain that alignment gave B.
    """

    rate_hz: int
    start_s: float
    seconds: float
    whole: tuple[Outline, Outline, Outline]
    excerpt_s: float
    undone_db: float
    a: Block
    b: Block


def signals(found: FileDiff) -> Signals | None:
    """Read a pair once, in memory that does not grow with it; None where nothing was subtracted.

    Raises InputError as `bridge.audio.decode.read_blocks` does.
    """
    if found.aligned is None or found.a is None or found.b is None:
        return None
    pair = opened(Path(found.a), Path(found.b))
    alignment = found.alignment or Alignment()
    first, frames = _reach(pair, alignment)
    if frames < 1:
        return None
    low, high = _excerpt(found, first, frames)
    bucket = math.ceil(frames / COLUMNS)
    columns: list[Block] = []
    kept: list[tuple[Block, Block]] = []
    at = first
    for a, b in _together(pair, alignment, bucket * max(1, _WALK_FRAMES // bucket)):
        columns.append(extremes(a, b, bucket))
        cut = slice(max(0, low - at), max(0, high - at))
        # Copies, since a view, even an empty one, would keep all of the file in memory.
        kept.append((a[:, cut].copy(), b[:, cut].copy()))
        at += a.shape[1]
    return Signals(
        rate_hz=pair.rate_hz,
        start_s=first / pair.rate_hz,
        seconds=frames / pair.rate_hz,
        whole=outlines(np.concatenate(columns, axis=2)),
        excerpt_s=low / pair.rate_hz,
        undone_db=-alignment.gain_db,
        a=np.concatenate([one for one, _ in kept], axis=1),
        b=np.concatenate([other for _, other in kept], axis=1),
    )


def drawn(a: Block, b: Block) -> tuple[Outline, Outline, Outline]:
    """Outlines of A, B and B minus A, of samples that are in memory already."""
    return outlines(extremes(a, b, max(1, math.ceil(a.shape[1] / COLUMNS))))


def extremes(a: Block, b: Block, bucket: int) -> Block:
    """Return (3, 2, columns): for A, B and B minus A the lowest and highest of every `bucket`."""
    starts = np.arange(0, a.shape[1], bucket)
    return np.stack(
        [
            np.stack(
                [
                    np.minimum.reduceat(each.min(axis=0), starts),
                    np.maximum.reduceat(each.max(axis=0), starts),
                ]
            )
            for each in (a, b, b - a)
        ]
    )


def outlines(columns: Block) -> tuple[Outline, Outline, Outline]:
    """Name the rows of `extremes`."""
    a, b, left = (Outline(tuple(each[0].tolist()), tuple(each[1].tolist())) for each in columns)
    return a, b, left


def _split(alignment: Alignment) -> tuple[int, float]:
    """Whole frames, and half of the fraction that remains, which either file is moved by."""
    whole = round(alignment.offset_frames)
    return whole, (alignment.offset_frames - whole) / 2


def _reach(pair: Pair, alignment: Alignment) -> tuple[int, int]:
    """The first frame of A that both have once aligned, and how many there are."""
    whole, half = _split(alignment)
    margin = HALF_TAPS if half else 0
    one, other = (head.frames for head in pair.heads)
    frames = min(one - max(0, -whole), other - max(0, whole)) - 2 * margin
    return max(0, -whole) + margin, frames


def _excerpt(found: FileDiff, first: int, frames: int) -> tuple[int, int]:
    """Frames of A around the loudest 10 ms of residual, as far as both go."""
    assert found.aligned is not None  # noqa: S101 - narrows for the type checker
    rate_hz = found.sample_rate_hz or 1
    seconds = EXCERPT_S if rate_hz <= _HIGH_RATE_HZ else HIGH_RATE_EXCERPT_S
    length = min(frames, seconds * rate_hz)
    worst = found.aligned.windows
    middle = round(worst[0].start_s * rate_hz) if worst else first + frames // 2
    low = min(max(first, middle - length // 2), first + frames - length)
    return low, low + length


def _together(pair: Pair, alignment: Alignment, size: int) -> Iterator[tuple[Block, Block]]:
    """Yield A and B as A would have it, `size` frames at a time."""
    whole, half = _split(alignment)
    one = starting_at(read_blocks(pair.a), max(0, -whole))
    other = starting_at(read_blocks(pair.b), max(0, whole))
    moved = (advanced_stream(one, -half), advanced_stream(other, half)) if half else (one, other)
    for a, b in zip(*(reblocked(each, size) for each in moved), strict=False):
        frames = min(a.shape[1], b.shape[1])
        yield a[:, :frames], alignment.undone(b[:, :frames])
