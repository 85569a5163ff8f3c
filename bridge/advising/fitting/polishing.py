"""Settings as one would write them: no more digits than their sound needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from bridge.advising.fitting.knobs import Knob, significant

Positions = npt.NDArray[np.float64]
Distances = Callable[[Sequence[Positions]], list[float]]

_DIGITS = range(1, 7)
_MAY_COST = 0.02
"""In dB: what fewer digits may take away from the distance."""


class Polishing:
    """One polishing of at most `most` evaluations, of which `made` were made.

    It ends when `is_over` says that its time is.
    """

    def __init__(
        self,
        start: Sequence[float],
        knobs: Sequence[Knob],
        turned: Sequence[int],
        distances: Distances,
        *,
        floor: float,
        most: int,
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        self.made = 0
        self._start = start
        self._knobs = knobs
        self._turned = [n for n in turned if not knobs[n].is_choice]
        self._distances = distances
        self._floor = floor
        self._most = most
        self._is_over = is_over
        self._best: Positions = np.zeros(0)
        self._least = np.inf

    def polished(self, positions: Sequence[float]) -> tuple[float, ...]:
        """The positions with each turned setting as it was, or else at the fewest digits that do.

        What does is as near to the target, or at `floor`, which is as near as can be. All go to
        the same digits first, then each goes by itself, twice: what the first pass rounds right may
        have been needed for the others.
        """
        self._best = np.array(positions, np.float64)
        if self._most > len(_DIGITS) and not self._is_over():
            (self._least,) = self._heard([self._best])
            self._try([self._at(self._turned, digits) for digits in _DIGITS])
            for n in 2 * self._turned:
                was = np.array(self._best)
                was[n] = self._start[n]
                self._try([was, *(self._at([n], digits) for digits in _DIGITS)])
        return tuple(map(float, self._best))

    def _try(self, rows: Sequence[Positions]) -> None:
        """Take the first that is as near, if there may be so many evaluations."""
        if self.made + len(rows) > self._most or self._is_over():
            return
        found = self._heard(rows)
        allowed = max(self._floor, self._least + _MAY_COST)
        fewest = next((i for i, each in enumerate(found) if each <= allowed), None)
        if fewest is not None:
            self._best, self._least = rows[fewest], min(self._least, found[fewest])

    def _heard(self, rows: Sequence[Positions]) -> list[float]:
        self.made += len(rows)
        return self._distances(rows)

    def _at(self, moved: Sequence[int], digits: int) -> Positions:
        row = np.array(self._best)
        for n in moved:
            knob = self._knobs[n]
            row[n] = knob.position(significant(knob.number(row[n]), digits))
        return row
