"""How far a processor turns its signal down over time, for people to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

import numpy as np

from bridge.processing.gain_series import Array, levels_db

STEPS_PER_S = 10
_LEAST = 1e-10


class Reductions:
    """The deepest reduction in every 100 ms; the cut of what is noted does not matter."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._step_frames = max(1, sample_rate_hz // STEPS_PER_S)
        self._deepest_db: list[float] = []
        self._room = 0  # frames that the last step still lacks

    @property
    def lowest_gain_db(self) -> float:
        """The deepest so far: 0.0 while idle, else negative."""
        return -max(self._deepest_db, default=0.0)

    @property
    def curve_db(self) -> tuple[float, ...]:
        """Of every 100 ms, 0.0 or negative."""
        return tuple(0.0 - each for each in self._deepest_db)

    def note(self, reduction_db: Array) -> None:
        """Take (frames,) decibels by which the next frames are turned down, 0 or more."""
        if reduction_db.size:
            starts = self._starts(len(reduction_db))
            self._add(np.maximum.reduceat(reduction_db, starts), len(reduction_db))

    def note_gains(self, gains: Array) -> None:
        """Take (frames,) linear gains in (0, 1] instead."""
        if gains.size:
            least = np.minimum.reduceat(gains, self._starts(len(gains)))
            self._add(-levels_db(np.clip(least, _LEAST, 1.0)), len(gains))

    def _starts(self, frames: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Where steps begin in the next `frames`; the first may go on with the one before."""
        inside = np.arange(self._room, frames, self._step_frames)
        return np.concatenate([[0], inside]).astype(np.int64) if self._room else inside

    def _add(self, deepest_db: Array, frames: int) -> None:
        found = deepest_db.tolist()
        if self._room:
            self._deepest_db[-1] = max(self._deepest_db[-1], found.pop(0))
        self._deepest_db += found
        self._room = (self._room - frames) % self._step_frames


def deepest(curves_db: Iterable[Sequence[float]]) -> tuple[float, ...]:
    """The deepest of several at each step; one that is shorter has nothing more to say."""
    return tuple(min(each) for each in zip_longest(*curves_db, fillvalue=0.0))
