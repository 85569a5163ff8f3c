"""A search of places by what is seen from afar: descents from the best with a few knobs elsewhere.

Basin hopping (Wales & Doye 1997) whose hops move neighbours, as the knobs of one band are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bridge.advising.fitting.descending import Descent, Differences, Positions, Vector
from bridge.advising.fitting.knobs import Knob
from stemwright.values import dataclass

_DESCENT = Descent(step=1e-3, better=1e-3, scale="jac", method="trf")
_BLOCK = 3
_ANYWHERE = 0.2
"""How often all knobs are moved."""
_INNER = (0.15, 0.85)
_ROWS = 16
_DRAWS = 6
_FROM_START = 0.5


@dataclass(frozen=True)
class Place:
    """Where it came to, the root mean square of what differs there, and what was heard to know."""

    positions: tuple[float, ...]
    off: float
    evaluations: int
    idle: tuple[int, ...]


class _Spent(Exception):  # noqa: N818 - an end, not a fault
    """So many evaluations were made as there may be, or for so long."""


class Hopping:
    """One search of at most `most` evaluations, which ends where less than `near` differs.

    Where what differs is a guess, `is_rough`, a deep place may be a wrong one: half of the hops
    then begin at the start again, and the nearest of a few is gone down from.
    """

    def __init__(
        self,
        differences: Differences,
        knobs: Sequence[Knob],
        start: Sequence[float],
        seed: int,
        *,
        is_rough: bool = False,
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        self._is_rough = is_rough
        self._is_over = is_over
        self._heard = differences
        self._knobs = knobs
        self._start = np.clip(np.array(start, np.float64), 0.0, 1.0)
        self._random = np.random.default_rng(seed)
        self._best, self._off = self._start, np.inf
        self._made = self._most = 0
        self._turned: list[int] = []

    def found(self, most: int, near: float) -> Place:
        """Hop until it is near, or the evaluations are spent."""
        self._most = most
        try:
            self._turned = self._heard_knobs()
            self._descend(self._start)
            while self._off > near and self._turned:
                self._descend(self._hop())
        except _Spent:
            pass
        idle = tuple(n for n in range(len(self._knobs)) if n not in self._turned)
        return Place(tuple(map(float, self._best)), self._off, self._made, idle)

    def _differences(self, rows: Sequence[Positions]) -> list[Vector]:
        found: list[Vector] = []
        for start in range(0, len(rows), _ROWS):
            part = rows[start : start + _ROWS]
            if self._made + len(part) > self._most or self._is_over():
                raise _Spent
            self._made += len(part)
            found += self._heard(part)
        return found

    def _heard_knobs(self) -> list[int]:
        """The knobs that something hears where the others stand as they are, or elsewhere."""
        heard: set[int] = set()
        for ground in (self._start, self._random.uniform(*_INNER, len(self._start))):
            silent = [n for n in range(len(ground)) if n not in heard]
            rows = [ground]
            for n in silent:
                moved = np.array(ground)
                moved[n] = 0.2 + 0.2 * self._random.random() + (0.4 if ground[n] < 0.5 else 0.0)
                rows.append(moved)
            first, *others = self._differences(rows)
            heard |= {n for n, each in zip(silent, others, strict=True) if np.any(each != first)}
        return sorted(heard)

    def _hop(self) -> Positions:
        if not self._is_rough:
            return self._moved(self._best)
        drawn = [
            self._moved(self._start if self._random.random() < _FROM_START else self._best)
            for _ in range(_DRAWS)
        ]
        found = self._differences(drawn)
        return drawn[int(np.argmin([np.vdot(each, each) for each in found]))]

    def _moved(self, ground: Positions) -> Positions:
        turned = self._turned
        if self._random.random() < _ANYWHERE:
            moved = turned
        else:
            first = int(self._random.integers(max(1, len(turned) - _BLOCK + 1)))
            moved = turned[first : first + _BLOCK]
        row = np.array(ground)
        row[moved] = self._random.uniform(*_INNER, len(moved))
        return row

    def _descend(self, place: Positions) -> None:
        moving = [n for n in self._turned if not self._knobs[n].is_choice]
        if not moving:
            raise _Spent
        ended, off = _DESCENT.end(place, moving, self._differences)
        if off < self._off:
            self._best, self._off = ended, off
