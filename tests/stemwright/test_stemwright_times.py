"""Times in words: one way for pages, plans, jobs and comparisons, and no minute of 60 seconds."""

from __future__ import annotations

import pytest

from stemwright.words import clock


@pytest.mark.parametrize(
    ("seconds", "digits", "said"),
    [
        (62.5, 3, "1:02.500"),
        (59.9996, 3, "1:00.000"),
        (119.995, 2, "2:00.00"),
        (59.6, 0, "1:00"),
        (-0.25, 3, "-0:00.250"),
        (3725.0, 1, "62:05.0"),
        (0.0, 3, "0:00.000"),
    ],
)
def test_minutes_and_seconds(seconds: float, digits: int, said: str) -> None:
    assert clock(seconds, digits) == said
