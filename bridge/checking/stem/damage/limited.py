"""`limited`: a stem that went through a brick-wall limiter already.

Where many pieces of 50 ms peak at the very same level though they are not equally loud about their
peaks, a wall held them. A steady tone and one hit played again are as loud each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.audio import Block
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from stemwright.decibels import amplitude_db

_PIECE_S = 0.05
_ABOUT_S = 0.005
_AT_WALL_DB = 0.12
_FEWEST = 12
_SHARE = 0.04
"""Of the pieces that sound."""
_UNLIKE_DB = 0.6
"""Spread of the loudness of the pieces at the wall."""
_BELOW_DB = 0.6
_CROWDED = 2.5
"""At the wall are so many times more than in as wide a step under it."""


class Limited:
    """Peak of every piece and the power about it; told once, from the first at the wall on."""

    codes: ClassVar[tuple[str, ...]] = ("limited",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._piece = round(_PIECE_S * facts.sample_rate_hz)
        self._about = round(_ABOUT_S * facts.sample_rate_hz)
        self._frames = facts.frames
        self._peaks: list[Block] = []
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
        self._peaks.append(pieces.max(axis=1))
        self._powers.append((added[high] - added[low]) / (high - low))

    def findings(self) -> Iterator[Found]:
        """One, if there is a wall."""
        peaks = np.concatenate(self._peaks) if self._peaks else np.zeros(0)
        powers = np.concatenate(self._powers) if self._powers else np.zeros(0)
        if not len(peaks) or float(peaks.max()) < 1e-3:
            return
        peaks_db = 20.0 * np.log10(peaks + 1e-9)
        wall_db = float(peaks_db.max())
        at_wall = peaks_db > wall_db - _AT_WALL_DB
        below = (peaks_db <= wall_db - _AT_WALL_DB) & (peaks_db > wall_db - _BELOW_DB)
        count = int(np.count_nonzero(at_wall))
        sounding = int(np.count_nonzero(peaks_db > wall_db - 40.0))
        as_wide = np.count_nonzero(below) * _AT_WALL_DB / (_BELOW_DB - _AT_WALL_DB)
        if count < max(_FEWEST, _SHARE * sounding) or count < _CROWDED * as_wide:
            return
        spread_db = float(np.std(10.0 * np.log10(powers[at_wall] + 1e-18)))
        if spread_db < _UNLIKE_DB:
            return
        found = np.flatnonzero(at_wall)
        start, stop = int(found[0]) * self._piece, (int(found[-1]) + 1) * self._piece
        level_db = amplitude_db(float(peaks.max()))
        words = (
            f"limited already: {100 * count / sounding:.0f} % of it peaks at {level_db:.1f} dBFS"
        )
        yield Found("limited", "minor", start, min(stop, self._frames), level_db, words)
