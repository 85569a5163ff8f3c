"""Inserts in a row, some of them turned, brought nearest to a target over an excerpt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from bridge.advising.fitting.leading import led_to
from bridge.advising.fitting.polishing import Polishing
from bridge.advising.fitting.rows import Row
from bridge.advising.fitting.scoring import Score
from bridge.advising.fitting.search import Found, Search
from bridge.advising.fitting.time_limit import TimeLimit
from stemwright.values import dataclass

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
    settings that nothing hears. `evaluations` were made of `most`, and `most` makes them again,
    unless `cut_short` says that time left some out.
    """

    turned: tuple[Turned, ...]
    tables: tuple[tuple[str, dict[str, Any]], ...]
    before: float
    after: float
    evaluations: int
    most: int
    ended: str
    idle: tuple[str, ...]
    cut_short: bool = False

    def evaluations_as_json(self) -> dict[str, Any]:
        """How many were made, of how many, and whether so many make the same again."""
        return {"made": self.evaluations, "most": self.most, "repeats": not self.cut_short}


def fitted(
    row: Row,
    score: Score,
    *,
    most: int | None = None,
    budget_s: float = 60.0,
    seed: int = 0,
    told: Told = lambda _made, _most, _least: None,
) -> Fit:
    """Search with at most `most` evaluations, then take off the digits that nothing hears.

    The same row, target, `most` and seed give the same on one machine. Without `most` there are as
    many as fit into `budget_s` by the time of the first few, and none begins after that time.
    Raises RenderError.
    """
    limit = TimeLimit(budget_s if most is None else None)
    most = most or row.evaluations_in(budget_s)
    knobs, start = row.knobs, row.start
    polish = min(int(_FOR_POLISHING * most), 14 * len(knobs) + 7)
    search = Search(
        row.judged,
        knobs,
        start,
        most=max(1, most - polish),
        floor=score.floor,
        seed=seed,
        heard=lambda made, least: told(made, most, least),
        led=led_to(row, score, most - polish, seed, limit),
        is_over=partial(limit.is_over, 1.0 - _FOR_POLISHING),
    )
    found = search.found()
    (before,) = row.distances([np.array(start)])
    polishing = _polishing(row, score, found, polish, limit)
    positions = polishing.polished(found.positions)
    (after,) = row.distances([np.array(positions)])
    if after >= before:
        positions, after = start, before
    return Fit(
        turned=tuple(_turned(row, start, positions)),
        tables=tuple(_tables(row, start, positions)),
        before=before,
        after=after,
        evaluations=found.evaluations + polishing.made,
        most=most,
        ended=found.ended,
        idle=tuple(_named(row, found.idle)),
        cut_short=limit.cut_short,
    )


def _polishing(row: Row, score: Score, found: Found, most: int, limit: TimeLimit) -> Polishing:
    turned = [n for n in range(len(row.knobs)) if n not in found.idle]
    return Polishing(
        row.start,
        row.knobs,
        turned,
        row.distances,
        floor=score.floor,
        most=most,
        is_over=limit.is_over,
    )


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
