"""Inserts in a row, some of them turned, brought nearest to a target over an excerpt."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from bridge.advising.fitting.knobs import Knob
from bridge.advising.fitting.polishing import polished
from bridge.advising.fitting.scoring import Score, Sound
from bridge.advising.fitting.search import Found, Search, Vector, View
from bridge.advising.fitting.stages import Positions, Sounds, Stage
from stemwright.values import dataclass

_ROWS = 16
_TIMED_ROWS = 16
_LEAST_EVALUATIONS = 50
_FOR_POLISHING = 0.1

Told = Callable[[int, int, float], object]
"""Told how many evaluations were made, of how many, and the least distance so far."""


@dataclass(frozen=True)
class Turned:
    """One setting of an insert by its path in the chain's table, before and after."""

    insert: str
    path: str
    before: Any
    after: Any

    @property
    def changed(self) -> bool:
        """Whether it is another one now."""
        return bool(self.before != self.after)

    def as_json(self) -> dict[str, Any]:
        """The object of `fit --json`."""
        told = {"insert": self.insert, "setting": self.path}
        return {**told, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Fit:
    """What a search came to, over the excerpt as it was heard while searching.

    `tables` has by insert the keys of its table that changed. `ended` is as Found's; `idle` are the
    settings that nothing hears. `evaluations` were made of `most`, and `most` makes them again.
    """

    turned: tuple[Turned, ...]
    tables: tuple[tuple[str, dict[str, Any]], ...]
    before: float
    after: float
    evaluations: int
    most: int
    ended: str
    idle: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """An insert by its step id, with its stage; only what is `turned` has knobs to turn."""

    insert: str
    stage: Stage


class Row:
    """Inserts in signal order over one excerpt, and the target they are held to."""

    def __init__(self, parts: Sequence[Part], source: Sound, score: Score) -> None:
        self.parts = parts
        self._source: Sounds = source[np.newaxis]
        self._score = score

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """Those of all inserts."""
        return tuple(knob for part in self.parts for knob in part.stage.knobs)

    @property
    def start(self) -> tuple[float, ...]:
        """Where they stand in the chain."""
        return tuple(at for part in self.parts for at in part.stage.start)

    def split(self, positions: Sequence[float]) -> Iterator[tuple[Part, tuple[float, ...]]]:
        """Each insert's own positions."""
        at = 0
        for part in self.parts:
            count = len(part.stage.knobs)
            yield part, tuple(positions[at : at + count])
            at += count

    def heard(self, positions: Positions) -> Sounds:
        """What comes out of the last insert, a row each."""
        sounds: Sounds = self._source
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


def fitted(
    row: Row,
    score: Score,
    *,
    most: int,
    seed: int = 0,
    told: Told = lambda _made, _most, _least: None,
) -> Fit:
    """Search with at most `most` evaluations, then take off the digits that nothing hears.

    The same row, target, `most` and seed give the same on one machine. Raises RenderError.
    """
    knobs, start = row.knobs, row.start
    polish = min(int(_FOR_POLISHING * most), 14 * len(knobs) + 1)
    search = Search(
        row.judged,
        knobs,
        start,
        most=max(1, most - polish),
        floor=score.floor,
        seed=seed,
        heard=lambda made, least: told(made, most, least),
    )
    found = search.found()
    (before,) = row.distances([np.array(start)])
    positions = _polished(row, score, found) if polish > len(knobs) else found.positions
    (after,) = row.distances([np.array(positions)])
    if after >= before:
        positions, after = start, before
    return Fit(
        turned=tuple(_turned(row, start, positions)),
        tables=tuple(_tables(row, start, positions)),
        before=before,
        after=after,
        evaluations=found.evaluations,
        most=most,
        ended=found.ended,
        idle=tuple(_named(row, found.idle)),
    )


def _polished(row: Row, score: Score, found: Found) -> tuple[float, ...]:
    turned = [n for n in range(len(row.knobs)) if n not in found.idle]
    return polished(found.positions, row.start, row.knobs, turned, row.distances, score.floor)


def _named(row: Row, numbers: Sequence[int]) -> Iterator[str]:
    """Knobs as `insert: setting`."""
    names = [f"{part.insert}: {knob.name}" for part in row.parts for knob in part.stage.knobs]
    return (names[n] for n in numbers)


def _turned(row: Row, start: Sequence[float], positions: Sequence[float]) -> Iterator[Turned]:
    for (part, was), (_, now) in zip(row.split(start), row.split(positions), strict=True):
        before, after = part.stage.settings(was), part.stage.settings(now)
        for path, value in after.items():
            yield Turned(part.insert, path, before[path], value)


def _tables(
    row: Row, start: Sequence[float], positions: Sequence[float]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is to be written of each insert: keys that changed, and of params those that did."""
    for (part, was), (_, now) in zip(row.split(start), row.split(positions), strict=True):
        before, after = part.stage.table(was), part.stage.table(now)
        changed = {key: value for key, value in after.items() if value != before[key]}
        if "params" in changed:
            old = before["params"]
            params = changed["params"].items()
            changed["params"] = {name: text for name, text in params if text != old[name]}
        if changed:
            yield part.insert, changed
