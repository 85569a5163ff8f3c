"""`limited`: a stem that went through a brick-wall limiter already.

Where many pieces of 50 ms peak at the very same level though they are not equally loud about their
peaks, a wall held them. A steady tone and one hit played again are as loud each time. So are notes
of one timbre that were held: their mark is that they stay at the wall for much of their time and
then die away from it as slowly as they would have without it. A synthesizer's notes of one level
end at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from stemwright.decibels import amplitude_db

_HALF_S = 0.025
"""Half a piece: as short as has a peak of a low bass in it."""
_ABOUT_S = 0.005
_AT_WALL_DB = 0.12
_SOUNDING_DB = 40.0
_FEWEST = 12
_SHARE = 0.04
"""Of the pieces that sound."""
_UNLIKE_DB = 0.6
"""Spread of the loudness of the pieces at the wall, which other notes have as well."""
_MOVING_DB = 0.03
"""From one piece at the wall to the next; a synthesizer's steady note has less."""
_BELOW_DB = 0.6
_CROWDED = 2.5
"""At the wall are so many times more than in as wide a step under it."""
_SHARE_HELD = 0.25
"""Of the halves that sound; clean stems have up to 0.1."""
_FEWEST_LEFT = 4
_SHARE_LEFT = 0.15
"""Of the times that the wall is left: those where a note dies away."""
_LEFT_DB = 2.0
"""What a note that dies away loses in half a piece at most, and at least:"""
_DYING_DB = 0.02


class Limited:
    """Peak of every piece and the power about it; told once, from the first at the wall on."""

    codes: ClassVar[tuple[str, ...]] = ("limited",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._half = round(_HALF_S * facts.sample_rate_hz)
        self._piece = 2 * self._half
        self._about = round(_ABOUT_S * facts.sample_rate_hz)
        self._frames = facts.frames
        self._halves: list[Block] = []
        self._powers: list[Block] = []

    def hear(self, passage: Passage) -> None:
        """Take the pieces that begin in the core and are complete."""
        first, size = passage.first, self._piece
        begin = -(-(first + passage.core_start) // size)
        end = min(
            -(-(first + passage.core_stop) // size), (first + passage.samples.shape[1]) // size
        )
        if end <= begin:
            return
        tops = passage.magnitudes.max(axis=0)[begin * size - first : end * size - first]
        pieces = tops.reshape(end - begin, size)
        at = begin * size - first + np.arange(end - begin) * size + pieces.argmax(axis=1)
        power = np.square(passage.samples).sum(axis=0)
        added = np.concatenate([[0.0], np.cumsum(power)])
        low = np.maximum(at - self._about, 0)
        high = np.minimum(at + self._about, len(power))
        self._halves.append(tops.reshape(-1, self._half).max(axis=1))
        self._powers.append((added[high] - added[low]) / (high - low))

    def findings(self) -> Iterator[Found]:
        """One, if there is a wall."""
        halves = np.concatenate(self._halves) if self._halves else np.zeros(0)
        powers = np.concatenate(self._powers) if self._powers else np.zeros(0)
        if not len(halves) or float(halves.max()) < 1e-3:
            return
        halves_db = 20.0 * np.log10(halves + 1e-9)
        peaks_db = halves_db.reshape(-1, 2).max(axis=1)
        wall_db = float(peaks_db.max())
        at_wall = peaks_db > wall_db - _AT_WALL_DB
        count = int(np.count_nonzero(at_wall))
        sounding = int(np.count_nonzero(peaks_db > wall_db - _SOUNDING_DB))
        if count < max(_FEWEST, _SHARE * sounding) or not _is_crowded(peaks_db - wall_db):
            return
        powers_db = 10.0 * np.log10(powers + 1e-18)
        if not _is_unlike(powers_db, at_wall) and not _is_held(halves_db - wall_db):
            return
        found = np.flatnonzero(at_wall)
        start, stop = int(found[0]) * self._piece, (int(found[-1]) + 1) * self._piece
        level_db = amplitude_db(float(halves.max()))
        words = (
            f"limited already: {100 * count / sounding:.0f} % of it peaks at {level_db:.1f} dBFS"
        )
        yield Found("limited", "minor", start, min(stop, self._frames), level_db, words)


def _is_crowded(under_db: Block) -> bool:
    """Whether more peaks are at the wall than right under it; they are against the highest."""
    at_wall = np.count_nonzero(under_db > -_AT_WALL_DB)
    below = np.count_nonzero((under_db <= -_AT_WALL_DB) & (under_db > -_BELOW_DB))
    return bool(at_wall >= _CROWDED * below * _AT_WALL_DB / (_BELOW_DB - _AT_WALL_DB))


def _is_unlike(powers_db: Block, at_wall: npt.NDArray[np.bool_]) -> bool:
    """Whether the pieces at the wall are not equally loud, those of one note neither."""
    in_a_row = at_wall[1:] & at_wall[:-1]
    steps_db = np.abs(np.diff(powers_db))[in_a_row]
    if len(steps_db) >= _FEWEST and float(np.median(steps_db)) < _MOVING_DB:
        return False
    return float(np.std(powers_db[at_wall])) >= _UNLIKE_DB


def _is_held(under_db: Block) -> bool:
    """Whether notes stay at the wall and then die away from it; peaks against the highest."""
    at_wall = under_db > -_AT_WALL_DB
    if np.count_nonzero(at_wall) < _SHARE_HELD * np.count_nonzero(under_db > -_SOUNDING_DB):
        return False
    leaves = at_wall[:-2] & ~at_wall[1:-1] & ~at_wall[2:]
    step_db = under_db[1:-1] - under_db[2:]
    dies = (under_db[1:-1] > -_LEFT_DB) & (step_db > _DYING_DB) & (step_db < _LEFT_DB)
    dying = np.count_nonzero(leaves & dies)
    return bool(dying >= max(_FEWEST_LEFT, _SHARE_LEFT * np.count_nonzero(leaves)))
