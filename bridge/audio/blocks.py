"""Blocks of a stream, cut on an absolute grid, interleaved, summed: no result hangs on the cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bridge.audio.facts.sizes import BLOCK_FRAMES
from bridge.native import library, rows
from stemwright.values import dataclass

Block = npt.NDArray[np.float64]
"""(channels, frames) float64."""


class Framer:
    """Collects (channels, any) float64 blocks and gives them out in multiples of `grid_frames`."""

    def __init__(self, channels: int, grid_frames: int) -> None:
        self._grid_frames = grid_frames
        self._empty: Block = np.empty((channels, 0))
        self._waiting: list[Block] = []
        self._waiting_frames = 0

    def add(self, block: Block) -> Block:
        """Take (channels, frames); return the (channels, k * grid_frames) that are complete."""
        self._waiting_frames += block.shape[1]
        if self._waiting_frames < self._grid_frames:
            self._waiting.append(block.copy())  # the caller may reuse its buffer
            return self._empty
        self._waiting.append(block)
        joined = self._joined()
        ready = joined.shape[1] // self._grid_frames * self._grid_frames
        rest = joined[:, ready:]
        self._waiting = [rest.copy()] if rest.shape[1] else []
        self._waiting_frames -= ready
        return joined[:, :ready]

    def rest(self) -> Block:
        """Return the (channels, fewer than grid_frames) that never filled the grid."""
        rest = self._joined()
        self._waiting, self._waiting_frames = [], 0
        return rest

    def _joined(self) -> Block:
        if len(self._waiting) == 1:
            return self._waiting[0]
        return np.concatenate([self._empty, *self._waiting], axis=1)


def interleaved(block: npt.NDArray[Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return (channels, frames) samples as contiguous (frames, channels) of `dtype`.

    Channel by channel, which takes a fifth of the time of one transposing copy.
    """
    frames = np.empty((block.shape[1], block.shape[0]), dtype)
    for channel, row in enumerate(block):
        frames[:, channel] = row
    return frames


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
            there = block.shape[1]
            if there > frames:
                block, self._held = block[:, :frames], block[:, frames:]
            taken.append(block)
            frames -= there
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
        total = _Sum(min(block, frames - start))
        for part, cursor in zip(parts, cursors, strict=True):
            at = max(0, part.offset_frames - start)
            for piece in cursor.take(total.frames - at):
                total.add(piece, part.gain, at)
                at += piece.shape[1]
        yield total.result()


class _Sum:
    """The stereo sum of one block; what begins and fills it spares it the zeros."""

    def __init__(self, frames: int) -> None:
        self.frames = frames
        self._sum: Block = np.empty((2, frames))
        self._begun = False

    def add(self, block: Block, gain: float, at: int) -> None:
        """Add (1 or 2, some frames) times a linear gain from frame `at` on."""
        if block.shape[0] > 2:
            raise ValueError(f"a part of {block.shape[0]} channels in a stereo sum")
        frames = block.shape[1]
        if frames == self.frames:
            _add_scaled(block, self._sum, gain, not self._begun)
            self._begun = True
            return
        self._begin()
        _add_scaled(block, self._sum[:, at : at + frames], gain, begins=False)

    def result(self) -> Block:
        """Return (2, frames)."""
        self._begin()
        return self._sum

    def _begin(self) -> None:
        if not self._begun:
            self._sum[...] = 0.0
            self._begun = True


def _add_scaled(block: Block, out: Block, gain: float, begins: bool) -> None:
    if (compiled := library()) is not None and out.size:
        added, stride = rows(block)
        to, to_stride = rows(out)
        between = stride if len(block) == len(out) else 0
        compiled.add_scaled(added, between, to, to_stride, *out.shape, gain, int(begins))
    elif begins:
        np.add(gain * block, 0.0, out=out)
    else:
        out += gain * block
