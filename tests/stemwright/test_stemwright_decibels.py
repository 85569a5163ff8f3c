"""Decibels of amplitudes and powers, and back."""

import math

import pytest
from hypothesis import given, strategies as st

from stemwright.decibels import amplitude_db, linear, linear_power, power_db, rounded_db


def test_levels_an_engineer_knows() -> None:
    assert amplitude_db(1.0) == power_db(1.0) == 0.0
    assert amplitude_db(0.5) == pytest.approx(-6.0206, abs=1e-4)
    assert power_db(0.5) == pytest.approx(-3.0103, abs=1e-4)
    assert linear(-20.0) == linear_power(-10.0) == 0.1


@pytest.mark.parametrize("nothing", [0.0, -0.0, -1.0])
def test_nothing_is_minus_infinity(nothing: float) -> None:
    assert amplitude_db(nothing) == power_db(nothing) == -math.inf
    assert rounded_db(nothing, 2) is None


def test_no_change_and_silence_are_exact_factors() -> None:
    assert linear(0.0) == linear(-0.0) == 1.0
    assert linear(-math.inf) == 0.0
    assert amplitude_db(linear(math.inf)) == power_db(math.inf) == math.inf


def test_a_reading_is_rounded_to_the_digits_asked_for() -> None:
    assert rounded_db(0.5, 2) == -6.02
    assert rounded_db(0.5, 3) == -6.021


@given(st.floats(-120.0, 60.0))
def test_there_and_back(gain_db: float) -> None:
    assert amplitude_db(linear(gain_db)) == pytest.approx(gain_db, abs=1e-9)
    assert power_db(linear(gain_db) ** 2) == pytest.approx(gain_db, abs=1e-9)
