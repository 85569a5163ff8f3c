"""Times, lengths, pan positions and counts in words."""

from __future__ import annotations

from bridge.comparing.documents.values_in_words import number
from stemwright.words import clock


def moved_words(before_s: float, after_s: float) -> str:
    """A time that became another: "0.250 s later, from 0:12.500 to 0:12.750"."""
    way = "later" if after_s > before_s else "earlier"
    return f"{seconds(abs(after_s - before_s))} {way}, from {clock(before_s)} to {clock(after_s)}"


def seconds(length_s: float) -> str:
    """A length of time to the millisecond, or to the microsecond where that says nothing."""
    return f"{length_s:.3f} s" if length_s >= 0.0005 or length_s == 0 else f"{length_s:.6f} s"


def length_words(before_s: float, after_s: float) -> str:
    """A length that became another: "0.500 s shorter, from 3.000 s to 2.500 s"."""
    way = "longer" if after_s > before_s else "shorter"
    ends = f"from {seconds(before_s)} to {seconds(after_s)}"
    return f"{seconds(abs(after_s - before_s))} {way}, {ends}"


def pan_words(pan: float) -> str:
    """A pan position: "30 % left", "centre"."""
    if abs(pan) < 1e-9:
        return "centre"
    return f"{number(round(abs(pan) * 100, 4))} % {'left' if pan < 0 else 'right'}"
