"""Recursive filters over a stream in any blocks, and the crossovers made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from bridge.audio import Block, SectionsRun
from bridge.processing.filter_designs import Sections, all_pass, linkwitz_riley
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

GRID_FRAMES = 16384

_NOTHING = 1e-30
"""-600 dBFS. States under this end: as denormals they would cost a hundred times the work."""


def pieces(start: int, frames: int, grid: int) -> Iterator[slice]:
    """Cut `frames` frames, the first being frame `start` of the stream, at multiples of `grid`."""
    at = 0
    while at < frames:
        end = min(frames, at + grid - (start + at) % grid)
        yield slice(at, end)
        at = end


class SosFilter:
    """Second-order sections in float64 over (channels, frames) blocks."""

    def __init__(self, sections: Sections, channels: int) -> None:
        self._cascade = SectionsRun(sections, channels)
        self._frames = 0

    @property
    def is_flat(self) -> bool:
        """Whether it has no sections: every block is given back itself."""
        return not self._cascade.count

    def process(self, block: Block) -> Block:
        """Return the filtered block; without sections or frames, the block itself."""
        frames = block.shape[1]
        if self.is_flat or not frames:
            return block
        if self._is_piece(frames):
            self._go_on(frames)
            return self._cascade.run(block)
        cut = pieces(self._frames, frames, GRID_FRAMES)
        filtered = [self.process(block[:, piece]) for piece in cut]
        return np.concatenate(filtered, axis=1)

    def process_beside(self, block: Block, other: SosFilter, beside: Block) -> tuple[Block, Block]:
        """Return what `process` gives for `block`, and what `other` gives for `beside`."""
        frames, others = block.shape[1], beside.shape[1]
        if not (self._is_piece(frames) and other._is_piece(others)):
            return self.process(block), other.process(beside)
        self._go_on(frames)
        other._go_on(others)
        return self._cascade.run_beside(block, other._cascade, beside)

    def _is_piece(self, frames: int) -> bool:
        """Whether so many frames are filtered in one go."""
        if self.is_flat or not frames:
            return False
        return self._frames % GRID_FRAMES + frames <= GRID_FRAMES

    def _go_on(self, frames: int) -> None:
        begun, self._frames = self._frames, self._frames + frames
        state = self._cascade.state
        if begun % GRID_FRAMES or abs(state.item(0)) >= _NOTHING:
            return  # most often the first number tells
        if np.abs(state).max() < _NOTHING:
            state[...] = 0.0


class Splitter:
    """Splits a (2, frames) stream into bands, low to high; `joined` puts them together again."""

    def __init__(self, crossovers_hz: Sequence[float], sample_rate_hz: int) -> None:
        self._lows = [
            SosFilter(linkwitz_riley("low_pass", hz, sample_rate_hz), 2) for hz in crossovers_hz
        ]
        self._turns = [SosFilter(all_pass(hz, sample_rate_hz), 2) for hz in crossovers_hz]
        self._joins = [SosFilter(all_pass(hz, sample_rate_hz), 2) for hz in crossovers_hz[1:]]

    def split(self, block: Block) -> list[Block]:
        """Return one band more than there are crossovers, each (2, frames).

        The high side is the all-pass less the low side, which is the same filter for one section
        less of work.
        """
        bands = []
        rest = block
        for low, turn in zip(self._lows, self._turns, strict=True):
            bands.append(low.process(rest))
            rest = turn.process(rest) - bands[-1]
        return [*bands, rest]

    def joined(self, bands: Sequence[Block]) -> Block:
        """Return the sum, each band turned in phase by the crossovers it did not go through."""
        total = bands[0]
        for band, turn in zip(bands[1:-1], self._joins, strict=True):
            total = turn.process(total) + band
        return total + bands[-1]


_HIGHEST_SHARE_OF_NYQUIST = 0.98


@dataclass(frozen=True)
class Corner:
    """A frequency as the user knows it: "eq band 2", at `path` inside the insert's settings."""

    name: str
    path: str
    hz: float


def refuse_above_nyquist(corners: Iterable[Corner], sample_rate_hz: int) -> None:
    """Raise InputError `band_above_nyquist` with every corner above 0.98 of half the rate."""
    highest_hz = _HIGHEST_SHARE_OF_NYQUIST * sample_rate_hz / 2
    problems = [
        Problem(
            "band_above_nyquist",
            f"{corner.name} at {corner.hz:g} Hz does not fit a rate of {sample_rate_hz} Hz",
            {"path": corner.path},
            expected=f"at most {highest_hz:g} Hz",
            hint="lower it, or render at a higher rate",
        )
        for corner in corners
        if corner.hz > highest_hz
    ]
    if problems:
        raise InputError(problems)
