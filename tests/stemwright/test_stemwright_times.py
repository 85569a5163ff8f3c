"""Times in words: one way for all, told before what is there, and no minute of 60 seconds."""

from __future__ import annotations

from fractions import Fraction

import pytest

from stemwright.words import clock


@pytest.mark.parametrize(
    ("seconds", "digits", "said"),
    [
        (62.5, 3, "1:02.500"),
        (59.9996, 3, "1:00.000"),
        (119.995, 2, "1:59.99"),
        (59.6, 0, "0:59"),
        (60.0, 0, "1:00"),
        (-0.25, 3, "-0:00.250"),
        (-0.25, 0, "-0:01"),
        (3725.0, 1, "62:05.0"),
        (0.0, 3, "0:00.000"),
    ],
)
def test_minutes_and_seconds(seconds: float, digits: int, said: str) -> None:
    assert clock(seconds, digits) == said


@pytest.mark.parametrize("digits", [0, 1, 2, 3])
def test_a_time_is_told_before_its_place_or_to_the_millisecond_there(digits: int) -> None:
    rate_hz = 44100
    for frame in range(0, 150 * rate_hz, 997):
        minutes, seconds = clock(frame / rate_hz, digits).split(":")
        early_s = Fraction(frame, rate_hz) - 60 * Fraction(minutes) - Fraction(seconds)
        assert -Fraction(1, 2000) <= early_s < Fraction(1, 10**digits)
        assert clock(frame / rate_hz).startswith(clock(frame / rate_hz, digits))
