"""Whether the display text a plugin came to means what was asked for.

A text is a number with a unit, or else a word: a fraction ("1/16"), a ratio ("4:1") and a list's
entry are words. Numbers agree to 1e-3 relative, half a digit of the text read, or the float32
resolution of the parameter's range; a unit that was said must be the one shown. Words must be the
same.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

RELATIVE = 1e-3
FLOAT32_RESOLUTION = 1e-6
_NUMBER = re.compile(
    r"\s*(?P<number>(?P<sign>[+-]?)(?P<digits>\d[\d,]*(?:\.\d*)?|[.,]\d+)(?P<power>e[+-]?\d+)?)"
    r"(?![\d.,/:])\s*(?P<unit>[^\d/:]?[^\d:]*?)\s*\Z",
    re.I,
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?\Z")
_DECIMAL = re.compile(r"\d*,\d*\Z")
_ENDLESS = re.compile(r"(?:∞|oo|infinity)(?![^\W\d_])", re.I)
_SCALES = {
    "khz": ("hz", 1e3),
    "s": ("ms", 1e3),
    "sec": ("ms", 1e3),
    "samples": ("frames", 1.0),
}
_KILO = "k"
_NOISY_DIGITS, _LARGE = 5, 1e6
"""From so many decimals on, a text shows what a float32 rounds to, and not what was meant."""


@dataclass(frozen=True)
class Reading:
    """A number with its unit (in base terms) and half of its last digit."""

    value: float
    unit: str
    half_digit: float


def number(text: str) -> str | None:
    """The number `text` begins with, its decimal mark a point; None when it begins with none."""
    match = _NUMBER.match(_plain(text))
    digits = None if match is None else _digits(match["digits"])
    if match is None or digits is None or _THOUSANDS.match(match["digits"]):
        return None
    return f"{match['sign']}{digits}{match['power'] or ''}"


def reading(text: str, label: str = "") -> Reading | None:
    """Read `text` as number and unit; `label` is the unit when the text names none."""
    match = _NUMBER.match(_plain(text))
    digits = None if match is None else _digits(match["digits"])
    if match is None or digits is None:
        return None
    unit, scale = _unit(match["unit"].casefold(), label.strip().casefold())
    power = match["power"] or ""
    exponent = float(f"1{power}")
    half = 0.5 * 10.0 ** -len(digits.partition(".")[2]) * exponent
    return Reading(float(f"{match['sign']}{digits}{power}") * scale, unit, half * scale)


def _digits(written: str) -> str | None:
    """Digits with a decimal point; a comma is one only where it cannot part thousands."""
    if _THOUSANDS.match(written):
        return written.replace(",", "")
    if "," in written and not _DECIMAL.match(written):
        return None
    return written.replace(",", ".")


def _unit(said: str, label: str) -> tuple[str, float]:
    """The base unit and what one of the unit is in it; `k` is a thousand of the label's."""
    if said == _KILO:
        return label, 1e3
    return _SCALES.get(said or label, (said or label, 1.0))


def agrees(
    said: str,
    read: str,
    label: str = "",
    ends: tuple[str, str] = ("", ""),
    *,
    listed: bool = False,
) -> bool:
    """Tell whether `read` (a display text, `label` its unit) is what `said` asked for.

    `ends` are the texts at both ends of the parameter's range. Of a `listed` value, one of few, no
    digit is hidden: half a digit is another value.
    """
    if _word(said) in {_word(read), _word(f"{read} {label}")}:
        return True
    asked, found = reading(said), reading(read, label)
    if asked is None or found is None or not _same_unit(asked, found, ends, label):
        return False
    if not math.isfinite(asked.value):
        return False
    half_digit = 0.0 if listed else found.half_digit
    tolerance = max(RELATIVE * abs(asked.value), half_digit, _resolution(ends, label))
    return math.fabs(asked.value - found.value) <= tolerance


def _same_unit(asked: Reading, found: Reading, ends: tuple[str, str], label: str) -> bool:
    """A unit left out is the parameter's own, if it has but one: "50" is not "50L", nor "50R"."""
    if asked.unit or not any(ends):
        return not asked.unit or not found.unit or asked.unit == found.unit
    units = {end.unit for end in (reading(text, label) for text in ends) if end is not None}
    return not found.unit or units == {found.unit} or (not units and bool(label))


def shown(text: str, label: str) -> str:
    """A display text with its unit, unless it names it already."""
    text, label = text.strip(), label.strip()
    return text if not label or text.casefold().endswith(label.casefold()) else f"{text} {label}"


def tidy(text: str, ends: tuple[str, str] = ("", "")) -> str:
    """A display text without the digits that are float32's own: "-18.000002 dB" as "-18 dB"."""
    match = _NUMBER.match(text)
    if match is None or len(match["number"].partition(".")[2]) < _NOISY_DIGITS:
        return text
    value = float(match["number"].replace(",", ""))
    value = 0.0 if abs(value) <= _resolution(ends, "") else value
    start, end = match.span("number")
    digits = f"{value:.6g}" if abs(value) < _LARGE else f"{value:.0f}"
    return f"{text[:start]}{digits}{text[end:]}"


def _resolution(ends: tuple[str, str], label: str) -> float:
    low, high = (reading(end, label) for end in ends)
    return 0.0 if low is None or high is None else FLOAT32_RESOLUTION * abs(high.value - low.value)


def _plain(text: str) -> str:
    return text.replace("\N{MINUS SIGN}", "-")


def _word(text: str) -> str:
    return _ENDLESS.sub("inf", " ".join(_plain(text).split()).casefold())
