"""Moments in time are told from moments at any time."""

from __future__ import annotations

import numpy as np
import pytest

from bridge.checking.stem.damage.rhythm import on_a_grid

RATE_HZ = 44100


@pytest.mark.parametrize("bpm", [72.0, 124.0, 163.7])
@pytest.mark.parametrize("swing", [0.0, 0.12])
def test_sixteenths_are_on_a_grid_swung_or_not(bpm: float, swing: float) -> None:
    dice = np.random.default_rng(3)
    steps = np.sort(dice.choice(320, 60, replace=False))
    times = (steps + swing * (steps % 2)) * 60 / bpm / 4 + 0.37
    assert on_a_grid(np.round(times * RATE_HZ), RATE_HZ).all()


def test_what_falls_between_is_told_from_what_is_in_time() -> None:
    times = np.sort([*np.arange(24) * 0.25, 1.113, 3.391])
    played = on_a_grid(np.round(times * RATE_HZ), RATE_HZ)
    assert np.count_nonzero(played) == 24
    assert not played[[5, 15]].any()


def test_both_sides_of_a_moment_are_one_moment() -> None:
    moments = np.array([31001, 250777, 402003, 610555, 799999])
    assert not on_a_grid(np.sort(np.concatenate([moments, moments + 3])), RATE_HZ).any()


def test_moments_at_any_time_are_on_none() -> None:
    dice = np.random.default_rng(5)
    for count in (3, 5, 8, 20):
        moments = np.sort(dice.integers(0, 20 * RATE_HZ, count))
        assert not on_a_grid(moments, RATE_HZ).any()
    assert len(on_a_grid([], RATE_HZ)) == 0
