from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.hosting.display import agrees, reading, shown


@pytest.mark.parametrize(
    ("said", "read", "label"),
    [
        ("-18 dB", "-18.000002", "dB"),
        ("-12.0", "-11.999998", "dB"),
        ("2 kHz", "2000.1", "Hz"),
        ("0.1 s", "100", "ms"),
        ("1000 samples", "1000", "frames"),
        ("Hard Knee", "hard  knee", ""),
        ("-inf dB", "-inf", "dB"),
        ("33.3 %", "33", "%"),
        ("1/8", "1/8", ""),
    ],
)
def test_a_value_that_came_to_what_was_asked_agrees(said: str, read: str, label: str) -> None:
    assert agrees(said, read, label)


@pytest.mark.parametrize(
    ("said", "read", "label"),
    [
        ("-999 dB", "-80.0", "dB"),
        ("loud", "0.000000", "dB"),
        ("2 kHz", "2.0", "Hz"),
        ("-12 Hz", "-12.0", "dB"),
        ("-12.0 dB", "-12.1", "dB"),
        ("Hard", "Soft", ""),
        ("1/8", "1/4", ""),
        ("", "0.0", "dB"),
    ],
)
def test_a_value_that_came_to_another_does_not(said: str, read: str, label: str) -> None:
    assert not agrees(said, read, label)


def test_zero_agrees_within_the_resolution_of_the_range_only() -> None:
    ends = ("-50.000000", "20.000000")
    assert agrees("0 dB", "0.000001", "dB", ends)
    assert not agrees("0 dB", "0.001", "dB", ends)


def test_half_a_digit_is_that_of_the_text_read() -> None:
    assert reading("12.30 dB") is not None
    assert agrees("12.345", "12.3", "")
    assert not agrees("12.36", "12.300", "")


@given(st.floats(-1e4, 1e4, allow_nan=False), st.integers(0, 6))
def test_a_number_agrees_with_its_own_rounding(value: float, places: int) -> None:
    assert agrees(f"{value:.8f} dB", f"{value:.{places}f}", "dB")


@given(st.floats(1, 1e4), st.floats(2e-3, 1))
def test_a_number_off_by_more_than_a_thousandth_never_agrees(value: float, off: float) -> None:
    assert not agrees(f"{value:.8f}", f"{value * (1 + off):.8f}", "")


def test_a_unit_is_shown_once() -> None:
    assert shown("3.0", "dB") == "3.0 dB"
    assert shown("3.0 dB", "dB") == "3.0 dB"
    assert shown("On", "") == "On"
