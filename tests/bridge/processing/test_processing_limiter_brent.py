"""The root that the drive is, against scipy's brentq."""

from __future__ import annotations

import math
from collections.abc import Callable

from hypothesis import assume, given, strategies as st
from scipy.optimize import brentq

from bridge.processing.limiting.brent import find_root

SHAPES: tuple[Callable[[float], float], ...] = (
    lambda x: math.tanh(x) + 0.1 * x,
    lambda x: x**3,
    lambda x: round(x, 1),
    lambda x: max(x, -0.4),
    lambda x: math.expm1(3 * x),
)


@given(st.sampled_from(SHAPES), st.floats(-9, 9), st.floats(0.01, 9), st.floats(0.01, 9))
def test_takes_the_very_steps_of_brentq(
    shape: Callable[[float], float], root: float, below: float, above: float
) -> None:
    low, high = root - below, root + above
    assume(shape(low - root) < 0.0 < shape(high - root))

    def traced(solve: Callable[[Callable[[float], float]], float]) -> tuple[float, list[float]]:
        steps: list[float] = []

        def function(at: float) -> float:
            steps.append(at)
            return shape(at - root)

        return solve(function), steps

    assert traced(lambda function: find_root(function, low, high, 5e-4)) == traced(
        lambda function: brentq(function, low, high, xtol=5e-4)
    )
