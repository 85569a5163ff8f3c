"""Inserts in signal order over one excerpt, and the target that they are held to."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence

import numpy as np

from bridge.advising.fitting.knobs import Knob
from bridge.advising.fitting.scoring import Score, Sound, Vector
from bridge.advising.fitting.search import View
from bridge.advising.fitting.stages import Positions, Sounds, Stage
from stemwright.values import dataclass

_ROWS = 16
_TIMED_ROWS = 16
_LEAST_EVALUATIONS = 50


@dataclass(frozen=True)
class Part:
    """An insert by its step id, with its stage; only what is `turned` has knobs to turn."""

    insert: str
    stage: Stage


class Row:
    """Inserts in signal order over one excerpt, and the target they are held to."""

    def __init__(self, parts: Sequence[Part], source: Sound, score: Score) -> None:
        self.parts = parts
        self.source = source
        self._score = score

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """Those of all inserts."""
        return tuple(knob for part in self.parts for knob in part.stage.knobs)

    @property
    def start(self) -> tuple[float, ...]:
        """Where they stand in the chain."""
        return tuple(at for part in self.parts for at in part.stage.start)

    @property
    def head(self) -> Row:
        """What enters as far as the last insert that is turned; itself where nothing is behind."""
        last = max((n for n, part in enumerate(self.parts) if part.stage.knobs), default=-1)
        behind = len(self.parts) - 1 - last
        return Row(self.parts[: last + 1], self.source, self._score) if behind else self

    def split(self, positions: Sequence[float]) -> Iterator[tuple[Part, tuple[float, ...]]]:
        """Each insert's own positions."""
        at = 0
        for part in self.parts:
            count = len(part.stage.knobs)
            yield part, tuple(positions[at : at + count])
            at += count

    def heard(self, positions: Positions, source: Sound | None = None) -> Sounds:
        """What comes out of the last insert, a row each, of the excerpt or of another source."""
        sounds: Sounds = (self.source if source is None else source)[np.newaxis]
        at = 0
        for part in self.parts:
            count = len(part.stage.knobs)
            sounds = part.stage.heard(sounds, positions[:, at : at + count])
            at += count
        return sounds

    def judged(self, positions: Positions, view: View) -> Iterator[tuple[float, Vector]]:
        """The distance of each row, and all that differs in a view of it."""
        score = self._score
        seen = {"broad": score.broadly, "exact": score.differences}[view]
        for sound in self.heard(positions):
            yield score.distance(sound), seen(sound)

    def distances(self, rows: Sequence[Positions]) -> list[float]:
        """The distance of each row."""
        found: list[float] = []
        for start in range(0, len(rows), _ROWS):
            sounds = self.heard(np.array(rows[start : start + _ROWS]))
            found += [self._score.distance(sound) for sound in sounds]
        return found

    def evaluations_in(self, seconds: float) -> int:
        """How many settings can be heard in so many seconds, as a few of them take.

        The first ones load what is needed and do not count.
        """
        rows = np.tile(np.array(self.start), (_TIMED_ROWS, 1))
        list(self.judged(rows[:1], "broad"))
        began = time.perf_counter()
        list(self.judged(rows, "broad"))
        each_s = (time.perf_counter() - began) / _TIMED_ROWS
        return max(_LEAST_EVALUATIONS, math.floor(seconds / max(each_s, 1e-6)))
