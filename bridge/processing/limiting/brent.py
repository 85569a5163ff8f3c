"""Where a function crosses zero."""

from __future__ import annotations

import math
from collections.abc import Callable

_LEAST_SHARE = 2.0**-50
_MOST_STEPS = 100

Point = tuple[float, float]
"""Where, and what the function is there."""


def find_root(function: Callable[[float], float], low: float, high: float, within: float) -> float:
    """Return where `function`, below zero at `low` and above at `high`, is zero, give or take.

    R. P. Brent, "Algorithms for Minimization without Derivatives", 1973, chapter 4, in the very
    steps of scipy.optimize.brentq with `xtol` `within`, which is slow to load.
    """
    before, now, across = (low, function(low)), (high, function(high)), (low, 0.0)
    step = step_before = 0.0
    for _ in range(_MOST_STEPS):
        if min(before[1], now[1]) < 0.0 < max(before[1], now[1]):
            across, step = before, now[0] - before[0]
            step_before = step
        if abs(across[1]) < abs(now[1]):
            before, now, across = now, across, now
        least = (within + _LEAST_SHARE * abs(now[0])) / 2
        halving = (across[0] - now[0]) / 2
        if now[1] == 0.0 or abs(halving) < least:
            break
        useful = abs(step_before) > least and abs(now[1]) < abs(before[1])
        tried = _interpolated(before, now, across) if useful else math.inf
        if 2 * abs(tried) < min(abs(step_before), 3 * abs(halving) - least):
            step_before, step = step, tried
        else:
            step_before = step = halving
        at = now[0] + (step if abs(step) > least else math.copysign(least, halving))
        before, now = now, (at, function(at))
    return now[0]


def _interpolated(before: Point, now: Point, across: Point) -> float:
    """The step to where a line, or an inverse parabola through three points, is zero."""
    if before[0] == across[0]:
        return -now[1] * (now[0] - before[0]) / (now[1] - before[1])
    to_before = (before[1] - now[1]) / (before[0] - now[0])
    to_across = (across[1] - now[1]) / (across[0] - now[0])
    return (
        -now[1]
        * (across[1] * to_across - before[1] * to_before)
        / (to_across * to_before * (across[1] - before[1]))
    )
