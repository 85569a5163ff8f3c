"""Values that stand out are found piece by piece as one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import maximum_filter1d

from bridge.checking.stem.damage.standing_out import Values, standing_out

LEAST = 1e-4


def _one_by_one(values: Values, around: int, guard: int) -> tuple[list[int], list[float]]:
    tops, shift = maximum_filter1d(values, around), around // 2 + guard
    places, ratios = [], []
    for at, value in enumerate(values):
        before = tops[at - shift] if at >= shift else np.float32(0)
        behind = tops[at + shift] if at + shift < len(values) else np.float32(0)
        ratio = value / max(before, behind, np.float32(2e-6))
        rises = before < 2e-6 < behind
        if value > LEAST and ratio > 2.0 and not rises:
            places.append(at)
            ratios.append(float(ratio))
    return places, ratios


@pytest.mark.parametrize(("around", "guard"), [(240, 6), (331, 9), (144, 38)])
def test_they_are_those_that_are_so_one_by_one(around: int, guard: int) -> None:
    dice, count = np.random.default_rng(around), 0
    for seldom in (0.0, 0.9, 0.99):
        values = np.abs(dice.normal(0.0, 1e-3, 3000)).astype(np.float32)
        values[dice.random(3000) < seldom] = 0.0
        values[dice.integers(0, 3000, 9)] = 0.1 * dice.random(9)
        values[[3, -4, -around]] = 0.2
        places, ratios = standing_out(values, around, guard, LEAST)
        assert (places.tolist(), ratios.tolist()) == _one_by_one(values, around, guard)
        count += len(places)
    assert count >= 4
