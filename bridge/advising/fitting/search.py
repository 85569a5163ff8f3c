"""The search: which positions of the knobs bring a row of inserts nearest to its target.

From the settings as they are and from seeded places all over the range (differential evolution:
Storn & Price 1997, scipy), the best are brought down by least squares over all that differs
(Levenberg-Marquardt within bounds: Branch, Coleman & Li 1999, scipy), then choices are tried one by
one. A number of evaluations bounds all of it; time does not, so that it repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from typing import Any, Literal

import numpy as np
from scipy.optimize import Bounds, OptimizeResult, differential_evolution

from bridge.advising.fitting.descending import Descent, Differences, Positions, Vector
from bridge.advising.fitting.knobs import Knob
from stemwright.values import dataclass

View = Literal["broad", "exact"]
"""Differences that lead from far away, and those of which the distance is the size."""
Judge = Callable[[Positions, View], Iterator[tuple[float, Vector]]]
"""The distance of each row of positions, and all that differs in a view."""
Heard = Callable[[int, float], object]
"""Told how many evaluations were made, and the least distance so far."""

_ROWS = 16
Leg = tuple[View, Descent]
_DESCENT: tuple[Leg, ...] = (
    ("broad", Descent(step=1e-2, better=1e-3, scale=1.0)),
    ("exact", Descent(step=1e-4, better=1e-4, scale=1.0)),
    ("exact", Descent(step=1e-4, better=1e-6, scale="jac")),
)
"""The views of a descent in turn; from afar a knob is moved further than a plugin may jump."""
_BETTER = 0.05
"""In dB: less is no improvement."""
_STARTS = 2
_BLOCK, _BLOCK_POPULATION, _BLOCK_GENERATIONS = 4, 24, 6
_CLEARLY = 0.98
_GENERATIONS = 20
_SPREADS = (0.05, 0.15)
_MOST_ROUNDS = 6
_IDLE_GENERATIONS = 12
_BACKGROUNDS = 3
"""With switches and lists as they are, and as many with others."""
_POPULATION = (24, 60)


@dataclass(frozen=True)
class Found:
    """The best positions, how far they are from the target, how often was tried, why it ended.

    `ended` is "reached", "no_better", "budget" or "time"; `idle` are the knobs that nothing hears,
    counted from 0.
    """

    positions: tuple[float, ...]
    distance: float
    evaluations: int
    ended: str
    idle: tuple[int, ...] = field(default=())


@dataclass(frozen=True)
class Led:
    """A place that something else led to, with `evaluations` that count, and `idle` knobs.

    It need not be left for what is nearer than `floor`.
    """

    positions: tuple[float, ...]
    evaluations: int
    idle: tuple[int, ...]
    floor: float


class _BudgetSpent(Exception):  # noqa: N818 - an end, not a fault
    """So many evaluations were made as there may be."""


class _TimeOver(Exception):  # noqa: N818 - an end, not a fault
    """It may not take longer."""


class Search:
    """One search; `most` bounds its evaluations, `floor` is a distance that is near enough.

    `is_over` says that its time is; where it begins and was led to is heard all the same.
    """

    def __init__(
        self,
        judge: Judge,
        knobs: Sequence[Knob],
        start: Sequence[float],
        *,
        most: int,
        floor: float,
        seed: int = 0,
        heard: Heard = lambda _made, _least: None,
        led: Led | None = None,
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        self._judge = judge
        self._knobs = knobs
        self._most = most
        self._floor = floor
        self._told = heard
        self._random = np.random.default_rng(seed)
        self._led = led
        self._is_over = is_over
        self._made = 0 if led is None else led.evaluations
        self._sure = self._made + (1 if led is None else 2)
        self._best = np.clip(np.array(start, np.float64), 0.0, 1.0)
        self._start = np.array(self._best)
        self._choices = [n for n, knob in enumerate(knobs) if knob.is_choice]
        self._least = np.inf
        self._turned: list[int] = list(range(len(knobs)))

    def found(self) -> Found:
        """Search until nothing gets better, it is near enough, or the evaluations are spent."""
        try:
            self._distances([self._best])
            ended = "reached"
            if not self._is_close() and not self._follow():
                self._leave_idle()
                ended = self._rounds()
        except _BudgetSpent:
            ended = "budget"
        except _TimeOver:
            ended = "time"
        turned = set(self._turned)
        idle = tuple(n for n in range(len(self._knobs)) if n not in turned)
        return Found(tuple(map(float, self._best)), self._least, self._made, ended, idle)

    def _follow(self) -> bool:
        """Whether it is there where something led to, or just below."""
        if self._led is None:
            return False
        place = np.array(self._led.positions)
        self._turned = [n for n in self._turned if n not in self._led.idle]
        for go in (lambda: self._distances([place]), lambda: self._descend(place, _DESCENT[1:])):
            go()
            if self._least <= max(self._floor, self._led.floor):
                return True
        return False

    def _rounds(self) -> str:
        """Every round begins elsewhere; two that find nothing end it."""
        idle = 0
        for descent in (_DESCENT[1:], _DESCENT):
            self._descend(self._start, descent)
            if self._is_close():
                return "reached"
        for _ in range(_MOST_ROUNDS):
            before = self._least
            for go in (self._onward, self._choose, self._by_blocks, self._around, self._anywhere):
                go()
                if self._is_close():
                    return "reached"
            idle = 0 if self._least < before - _BETTER else idle + 1
            if idle > 1:
                break
        return "reached" if self._is_close() else "no_better"

    def _is_close(self) -> bool:
        return self._least <= self._floor

    def _scores(self, rows: Sequence[Positions], view: View) -> Iterator[tuple[float, Vector]]:
        for start in range(0, len(rows), _ROWS):
            part = rows[start : start + _ROWS]
            if self._made + len(part) > self._most:
                raise _BudgetSpent
            if self._made >= self._sure and self._is_over():
                raise _TimeOver
            judged = self._judge(np.array(part), view)
            for row, (distance, differences) in zip(part, judged, strict=True):
                self._made += 1
                if distance < self._least:
                    self._least, self._best = distance, np.array(row)
                yield distance, differences
            self._told(self._made, self._least)

    def _distances(self, rows: Sequence[Positions]) -> list[float]:
        return [distance for distance, _ in self._scores(rows, "exact")]

    def _far(self, rows: Sequence[Positions]) -> list[float]:
        """How far each row is, as one sees it from far away."""
        return [float(np.linalg.norm(found)) for _, found in self._scores(rows, "broad")]

    def _leave_idle(self) -> None:
        """Leave alone what nothing hears, before the knobs as they are and as they might be."""
        count = len(self._knobs)
        grounds = [self._start, *self._random.random((2 * _BACKGROUNDS, count))]
        for ground in grounds[:_BACKGROUNDS]:  # a switch may have taken all else out
            ground[self._choices] = self._start[self._choices]
        heard: set[int] = set()
        for ground in grounds:
            rows = [ground]
            silent = [n for n in range(count) if n not in heard]
            for n in silent:
                moved = np.array(ground)
                moved[n] = self._random.random() * 0.4 + (0.6 if ground[n] < 0.5 else 0.0)
                rows.append(moved)
            found = self._distances(rows)
            heard |= {n for n, each in zip(silent, found[1:], strict=True) if each != found[0]}
        self._turned = sorted(heard)
        idle = [n for n in range(count) if n not in heard]
        self._best[idle] = self._start[idle]
        (self._least,) = self._distances([np.array(self._best)])

    def _whole(self, parts: Positions) -> list[Positions]:
        """Rows of all knobs with the turned ones at these."""
        rows = []
        for part in np.atleast_2d(parts):
            row = np.array(self._best)
            row[self._turned] = part
            rows.append(row)
        return rows

    def _onward(self) -> None:
        """Go down from the best, unless that is where a descent ended."""
        before = self._least
        self._descend(self._best, _DESCENT[1:])
        if self._least < before - _BETTER and not self._is_close():
            self._descend(self._best)

    def _around(self) -> None:
        for place in self._near():
            self._descend(place)
            if self._is_close():
                return

    def _anywhere(self) -> None:
        if self._turned:
            size = int(np.clip(4 * len(self._turned), *_POPULATION))
            self._descend(self._evolved(self._best, self._turned, size, _GENERATIONS)[0])

    def _near(self) -> Iterator[Positions]:
        """Places around the best, which may lie in a valley that only another way leads out of.

        Some are it with half of the knobs where they began: the others may be right by now.
        """
        for _ in range(_STARTS):
            row = np.array(self._best)
            back = [n for n in self._turned if self._random.random() < 0.5]
            row[back] = self._start[back]
            yield row
        for spread in _SPREADS:
            row = np.array(self._best)
            moved = row[self._turned] + spread * self._random.standard_normal(len(self._turned))
            row[self._turned] = np.clip(moved, 0.0, 1.0)
            yield row

    def _blocks(self) -> Iterator[list[int]]:
        """Neighbours among the knobs: what belongs to one band stands together in most plugins."""
        for first in range(0, len(self._turned), _BLOCK // 2):
            block = self._turned[first : first + _BLOCK]
            if len(block) > 1:
                yield block

    def _by_blocks(self) -> None:
        """Move few knobs at a time all over their ranges, and go on from what is nearer.

        The others are where they began, then where the best is.
        """
        for block in self._blocks():
            for ground in (self._start, np.array(self._best)):
                (now,) = self._far([ground])
                row, least = self._evolved(ground, block, _BLOCK_POPULATION, _BLOCK_GENERATIONS)
                if least < now * _CLEARLY:
                    self._descend(row)
                if self._is_close():
                    return

    def _evolved(
        self, base: Positions, among: list[int], size: int, generations: int
    ) -> tuple[Positions, float]:
        """Where differential evolution comes to with some of the knobs, the others as at `base`."""
        population = self._random.random((size, len(among)))
        population[0] = base[among]

        def distances(columns: Any) -> Any:
            rows = np.tile(base, (columns.shape[1], 1))
            rows[:, among] = columns.T
            return np.array(self._far(list(rows)))

        found = differential_evolution(
            distances,
            Bounds(np.zeros(len(among)), np.ones(len(among))),
            init=population,
            maxiter=generations,
            polish=False,
            updating="deferred",
            vectorized=True,
            rng=self._random,
            tol=0.0,
            callback=_Watch(),
        )
        row = np.array(base)
        row[among] = found.x
        return row, float(found.fun)

    def _descend(self, place: Positions, descent: Sequence[Leg] = _DESCENT) -> None:
        """Bring what is continuous down from a place, its choices staying as they are there."""
        moving = [n for n in self._turned if not self._knobs[n].is_choice]
        if not moving:
            return
        for view, leg in descent:
            place, _ = leg.end(place, moving, self._differences(view))

    def _differences(self, view: View) -> Differences:
        return lambda rows: [found for _, found in self._scores(rows, view)]

    def _choose(self) -> None:
        """Try each choice in each place, and what becomes of the rest there."""
        for n in self._turned:
            knob = self._knobs[n]
            if not knob.is_choice:
                continue
            rows = []
            for choice in range(len(knob.choices)):
                row = np.array(self._best)
                row[n] = knob.position(choice)
                rows.append(row)
            before = self._least
            found = self._distances(rows)
            likely = np.argsort(found, kind="stable")[:2]
            for each in likely:
                if found[each] > before - _BETTER or self._least <= self._floor:
                    continue
                self._descend(rows[each])


class _Watch:
    """Ends an evolution that has not got better for some generations."""

    def __init__(self) -> None:
        self._least = np.inf
        self._idle = 0

    def __call__(self, intermediate_result: OptimizeResult) -> None:
        """Raises StopIteration."""
        least = float(intermediate_result.fun)
        self._idle = 0 if least < self._least - _BETTER else self._idle + 1
        self._least = min(least, self._least)
        if self._idle >= _IDLE_GENERATIONS:
            raise StopIteration
