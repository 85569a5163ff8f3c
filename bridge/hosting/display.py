"""Whether the display text a plugin came to is the one that was asked for.

Numbers agree to 1e-3 relative, half a digit of the text read, or the float32 resolution of the
parameter's range; a unit that was said must be the one shown. Any other text must be the same.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

RELATIVE = 1e-3
FLOAT32_RESOLUTION = 1e-6
_NUMBER = re.compile(
    r"\s*([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?)(?![\d.])\s*(.*?)\s*\Z", re.I
)
_SCALES = {"khz": ("hz", 1e3), "s": ("ms", 1e3), "sec": ("ms", 1e3), "samples": ("frames", 1.0)}


@dataclass(frozen=True)
class Reading:
    """A number with its unit (in base terms) and half of its last digit."""

    value: float
    unit: str
    half_digit: float


def number(text: str) -> str | None:
    """The number `text` begins with, as written; None when it begins with none."""
    match = _NUMBER.match(text)
    return None if match is None else match[1]


def reading(text: str, label: str = "") -> Reading | None:
    """Read `text` as number and unit; `label` is the unit when the text names none."""
    match = _NUMBER.match(text)
    if match is None:
        return None
    digits = match[1].replace(",", ".").lower()
    unit = (match[2] or label).strip().casefold()
    unit, scale = _SCALES.get(unit, (unit, 1.0))
    mantissa, _, exponent = digits.partition("e")
    places = len(mantissa.partition(".")[2])
    half = 0.5 * 10.0 ** (int(exponent or 0) - places)
    return Reading(float(digits) * scale, unit, half * scale)


def agrees(said: str, read: str, label: str = "", ends: tuple[str, str] = ("", "")) -> bool:
    """Tell whether `read` (a display text, `label` its unit) is what `said` asked for.

    `ends` are the texts at both ends of the parameter's range.
    """
    asked, found = reading(said), reading(read, label)
    if asked is None or found is None:
        return _plain(said) in {_plain(read), _plain(f"{read} {label}")}
    if asked.unit and found.unit and asked.unit != found.unit:
        return False
    tolerance = max(RELATIVE * abs(asked.value), found.half_digit, _resolution(ends, label))
    return math.fabs(asked.value - found.value) <= tolerance


def shown(text: str, label: str) -> str:
    """A display text with its unit, unless it names it already."""
    text, label = text.strip(), label.strip()
    return text if not label or text.casefold().endswith(label.casefold()) else f"{text} {label}"


def _resolution(ends: tuple[str, str], label: str) -> float:
    low, high = (reading(end, label) for end in ends)
    return 0.0 if low is None or high is None else FLOAT32_RESOLUTION * abs(high.value - low.value)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
