from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bridge.hosting.engines.display_text import agrees, number, reading, shown, tidy


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
        ("1,000 Hz", "1000.000000", "Hz"),
        ("1000 Hz", "1,000 Hz", ""),
        ("-1,5 dB", "-1.500000", "dB"),
        ("0,250", "0.25", ""),
        ("1 k", "1.00 kHz", ""),
        ("1k", "1000", "Hz"),
        ("1000", "1.00 k", "Hz"),
        ("-∞ dB", "-inf", "dB"),
        ("-0 dB", "0.0", "dB"),
        ("\N{MINUS SIGN}6 dB", "-6.0", "dB"),
        ("12 dB/oct", "12 dB/oct", ""),
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
        ("1", "1/16", ""),
        ("1/8", "1", ""),
        ("1/4", "1/4T", ""),
        ("4", "4:1", ""),
        ("20:1", "2:1", ""),
        ("On", "On Hard", ""),
        ("1,000 Hz", "1.000000", "Hz"),
        ("1,000,000", "1.0", ""),
        ("1.000,5", "1.0", ""),
        ("1 000 Hz", "1.0", "Hz"),
        ("1 k", "1.0", "Hz"),
        ("1 Hz", "1.0", "kHz"),
        ("50 %", "0.5", ""),
        ("-inf dB", "-60.0", "dB"),
        ("-120 dB", "-inf", "dB"),
        ("inf", "24.0", ""),
        ("1e400", "24.0", "dB"),
        ("nan", "0.0", ""),
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


def test_a_unit_left_out_is_the_only_one_there_is() -> None:
    assert not agrees("50", "50L", "", ("100L", "100R"))
    assert not agrees("50", "50L", "", ("L", "R"))
    assert agrees("50", "50.0 Hz", "", ("20.0 Hz", "20.0 kHz"))
    assert agrees("4", "4x", "", ("1x", "16x"))
    assert agrees("-12", "-12.0 dB", "", ("-inf dB", "0.0 dB"))


def test_of_a_list_no_digit_is_hidden() -> None:
    assert agrees("1.5", "2")
    assert not agrees("1.5", "2", listed=True)
    assert agrees("2.0", "2", listed=True)


@pytest.mark.parametrize(
    ("text", "alone"),
    [("-1,5 dB", "-1.5"), ("1,000 Hz", None), ("2.5e3Hz", "2.5e3"), ("1/8", None), ("on", None)],
)
def test_a_number_stands_alone_where_its_decimal_mark_is_plain(
    text: str, alone: str | None
) -> None:
    assert number(text) == alone


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("-18.000002 dB", "-18 dB"),
        ("-11.999999", "-12"),
        ("0.000001 dB", "0 dB"),
        ("20000.000000 Hz", "20000 Hz"),
        ("33.333332 %", "33.3333 %"),
        ("12.30 dB", "12.30 dB"),
        ("1/16", "1/16"),
    ],
)
def test_digits_of_float32_are_not_shown(text: str, told: str) -> None:
    assert tidy(text, ("-60.000000 dB", "24.000000 dB")) == told
