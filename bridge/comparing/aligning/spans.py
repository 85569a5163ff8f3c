"""The stretches of two files that are held against each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bridge.audio import Block
from bridge.comparing.paired_streams import Streams


@dataclass(frozen=True)
class Span:
    """The same stretch of both files: where it starts in A, how far B was read ahead of that."""

    start: int
    lag: int
    a: Block
    b: Block

    def crossed(self) -> Span:
        """The same with B's sides exchanged."""
        return replace(self, b=self.b[::-1])

    def upright(self, signs: Sequence[int]) -> Span:
        """The same with the channels of B turned that are inverted."""
        return replace(self, b=self.b * np.array(signs)[:, None])


def read_spans(
    pair: Streams, starts: Sequence[int], lags: Sequence[int], length: int
) -> list[list[Span]]:
    """Return, for each lag of B, the spans of `length` frames at `starts` of A in which both sound.

    Those that B ends in or begins in are among them where there are no others.
    """
    last = pair.lengths[1] - length
    firsts = gathered(pair.a(), starts, length)
    wanted = [start + lag for lag in lags for start in starts]
    seconds = gathered(pair.b(), wanted, length)
    groups = []
    for number, lag in enumerate(lags):
        own = seconds[number * len(starts) : (number + 1) * len(starts)]
        spans = [Span(*each) for each in zip(starts, [lag] * len(starts), firsts, own, strict=True)]
        sounding = [span for span in spans if sounds(span.a) and sounds(span.b)]
        inside = [span for span in sounding if 0 <= span.start + lag <= last]
        groups.append(inside or sounding)
    return groups


def sounds(block: Block) -> bool:
    """Whether there is more than a constant."""
    spread = block.max(axis=1) - block.min(axis=1)
    return bool(spread.max() > 1e-9 * max(1.0, float(np.abs(block).max())))


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
