"""How a stream begins and ends, and the peak of each of its channels, in the pass that reads it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bridge.audio.block_levels import BlockLevels, block_levels
from bridge.audio.blocks import Block
from bridge.audio.facts.floor import FloorMeter
from bridge.audio.facts.inspected import END_S, LAST_S, NEXT_S, SOUNDS_POWER, START_S, Ends

_ROW_S = 0.01
_PEAK_OF_SOUND = math.sqrt(SOUNDS_POWER / 2)
"""A row of two channels that sounds has a sample over it."""


class EndsMeter:
    """Takes a stream block by block; what is not finite counts as 0."""

    def __init__(self, channels: int, sample_rate_hz: int) -> None:
        self._rate_hz = sample_rate_hz
        self._row = max(1, round(_ROW_S * sample_rate_hz))
        self._peaks = np.zeros(channels)
        self._frames = 0
        self._start: Block = np.zeros((channels, 0))
        self._last: Block = np.zeros((channels, 0))
        self._floor = FloorMeter(channels, sample_rate_hz)
        self._sounds_from: int | None = None
        self._sounding: tuple[int, Block] | None = None

    def add(self, block: Block, level: BlockLevels) -> None:
        """Take (channels, frames), one or more, with their levels."""
        peak, squares = level
        if not (math.isfinite(peak) and math.isfinite(squares)):
            block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
            peak, squares = block_levels(block)
        if peak > 0.0:
            self._peaks = np.maximum(self._peaks, np.maximum(block.max(axis=1), -block.min(axis=1)))
        wanted = round((START_S + NEXT_S) * self._rate_hz) - self._start.shape[1]
        if wanted > 0:
            self._start = np.concatenate([self._start, block[:, :wanted]], axis=1)
        kept = round(LAST_S * self._rate_hz)
        self._last = np.concatenate([self._last, block[:, -kept:]], axis=1)[:, -kept:]
        self._floor.add(block)
        if peak >= _PEAK_OF_SOUND:
            self._look(block, squares)
        self._frames += block.shape[1]

    def result(self) -> Ends:
        """What was measured, once the last block was taken."""
        start, end = round(START_S * self._rate_hz), round(END_S * self._rate_hz)
        first, last = self._start, self._last
        until = 0
        if self._sounding is not None:
            sounding, block = self._sounding
            until = sounding + (int(self._rows(block)[-1]) + 1) * self._row
        return Ends(
            peaks=tuple(self._peaks.tolist()),
            first_sample=float(edge_levels(first[:, :1], first).max(initial=0.0)),
            start_rms=edge_rms(first[:, :start], first),
            next_rms=edge_rms(first[:, start:], first),
            last_rms=edge_rms(last, last),
            end_rms=edge_rms(last[:, -end:], last),
            sounds_from=self._sounds_from or 0,
            sounds_until=min(until, self._frames),
            floor_rms=self._floor.result(),
            tenths=self._floor.tenths(),
        )

    def _look(self, block: Block, squares: float) -> None:
        """Keep the last block that has a row that sounds; look into it only where that is open."""
        surely = squares >= SOUNDS_POWER * block.shape[1] and self._sounds_from is not None
        if surely:
            self._sounding = (self._frames, block)
            return
        rows = self._rows(block)
        if len(rows):
            self._sounding = (self._frames, block)
            if self._sounds_from is None:
                self._sounds_from = self._frames + int(rows[0]) * self._row

    def _rows(self, block: Block) -> npt.NDArray[np.intp]:
        """The rows of a block that sound, by number."""
        short = -block.shape[1] % self._row
        rows = np.pad(np.square(block).sum(axis=0), (0, short)).reshape(-1, self._row)
        return np.flatnonzero(rows.mean(axis=1) >= SOUNDS_POWER)


def edge_rms(part: Block, edge: Block) -> float:
    """RMS of a part of a stream's beginning or end, its channels together; 0 of none."""
    return float(np.sqrt(np.square(edge_levels(part, edge)).mean())) if part.size else 0.0


def edge_levels(part: Block, edge: Block) -> Block:
    """(channels,) RMS of `part`, as it is or about the middle of the `edge`: whichever is less.

    So a constant offset is no sound, and what has faded out under a slow wave is none either.
    """
    if not part.size:
        return np.zeros(len(part))
    about = part - edge.mean(axis=1, keepdims=True)
    ways = [np.sqrt(np.square(each).mean(axis=1)) for each in (part, about)]
    return np.asarray(np.minimum(*ways))
