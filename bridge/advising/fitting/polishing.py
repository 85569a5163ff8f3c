"""Settings as one would write them: no more digits than their sound needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from bridge.advising.fitting.knobs import Knob, significant

Positions = npt.NDArray[np.float64]

_DIGITS = range(1, 7)
_MAY_COST = 0.02
"""In dB: what fewer digits may take away from the distance."""


def polished(
    positions: Sequence[float],
    start: Sequence[float],
    knobs: Sequence[Knob],
    turned: Sequence[int],
    distances: Callable[[Sequence[Positions]], list[float]],
    floor: float,
) -> tuple[float, ...]:
    """The positions with each turned setting as it was, or else at the fewest digits that will do.

    What will do is as near to the target, or at `floor`, which is as near as can be. Two passes:
    what the first rounds right may have been needed for the others.
    """
    best = np.array(positions, np.float64)
    (least,) = distances([best])
    for _ in range(2):
        for n in turned:
            knob = knobs[n]
            if knob.is_choice:
                continue
            was = np.array(best)
            was[n] = start[n]
            rows = [was, *(_at(best, n, knob, digits) for digits in _DIGITS)]
            found = distances(rows)
            allowed = max(floor, least + _MAY_COST)
            fewest = next((i for i, each in enumerate(found) if each <= allowed), None)
            if fewest is not None:
                best, least = rows[fewest], min(least, found[fewest])
    return tuple(best)


def _at(positions: Positions, n: int, knob: Knob, digits: int) -> Positions:
    row = np.array(positions)
    row[n] = knob.position(significant(knob.number(positions[n]), digits))
    return row
