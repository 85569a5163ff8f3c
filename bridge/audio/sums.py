"""Sums of streams: `acc += gain * x`, in the order given, the same bits for any block size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bridge.audio.framing import BLOCK_FRAMES, Block


@dataclass(frozen=True)
class Part:
    """One stream of a sum: linear gain, mono or stereo blocks of any size, where it starts."""

    gain: float
    blocks: Iterable[Block]
    offset_frames: int = 0


class Cursor:
    """Takes any number of frames at a time from a stream of blocks of any size."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._blocks = iter(blocks)
        self._held: Block | None = None

    def take(self, frames: int) -> list[Block]:
        """Return the next `frames` frames as blocks in a row; fewer once the stream is over."""
        taken: list[Block] = []
        while frames > 0 and (block := self._next()) is not None:
            taken.append(block[:, :frames])
            self._held = block[:, frames:] if block.shape[1] > frames else None
            frames -= taken[-1].shape[1]
        return taken

    def _next(self) -> Block | None:
        held, self._held = self._held, None
        return next(self._blocks, None) if held is None else held


def reblocked(blocks: Iterable[Block], frames: int = BLOCK_FRAMES) -> Iterator[Block]:
    """Yield the same stream in blocks of exactly `frames`, the last one shorter."""
    cursor = Cursor(blocks)
    while taken := [block for block in cursor.take(frames) if block.shape[1]]:
        yield taken[0] if len(taken) == 1 else np.concatenate(taken, axis=1)


def summed(parts: Sequence[Part], frames: int, block: int = BLOCK_FRAMES) -> Iterator[Block]:
    """Yield the stereo sum of `parts` in float64, exactly `frames` long, in blocks of `block`.

    Parts are added in the order given; mono goes to both sides at unity; a part is padded with
    zeros before its offset and after its end, and cut at `frames`.
    """
    if any(part.offset_frames < 0 for part in parts):
        raise ValueError("a part cannot start before the sum")
    cursors = [Cursor(part.blocks) for part in parts]
    for start in range(0, frames, block):
        acc = np.zeros((2, min(block, frames - start)))
        for part, cursor in zip(parts, cursors, strict=True):
            _add(acc, part, cursor, start)
        yield acc


def _add(acc: Block, part: Part, cursor: Cursor, start: int) -> None:
    at = max(0, part.offset_frames - start)
    for block in cursor.take(acc.shape[1] - at):
        if block.shape[0] > 2:
            raise ValueError(f"a part of {block.shape[0]} channels in a stereo sum")
        acc[:, at : at + block.shape[1]] += block if part.gain == 1.0 else part.gain * block
        at += block.shape[1]
