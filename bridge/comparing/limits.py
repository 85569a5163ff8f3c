"""What still counts as the same: the limits a difference is judged by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args

from stemwright.problems import InputError, Problem
from stemwright.words import nearest

Verdict = Literal["exact", "float", "dither", "tolerant", "changed", "incomparable"]
"""From the same bits to not comparable; each word includes what the words before it allow."""

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
PASSING: tuple[Verdict, ...] = VERDICTS[:4]


@dataclass(frozen=True)
class Limits:
    """The most a difference may be, B against A.

    `float` bounds the residual's peak for the verdict of that name. `rms`, `peak` (of every 10 ms),
    `loudness` and `true_peak` hold for every verdict but exact. `length` is how many frames the
    files may differ in; `accept` the last verdict that passes.
    """

    float_dbfs: float = -140.0
    rms_dbfs: float = -90.0
    peak_dbfs: float = -70.0
    loudness_lu: float = 0.1
    true_peak_db: float = 0.1
    length_frames: int = 0
    accept: Verdict = "tolerant"

    def passes(self, verdict: Verdict) -> bool:
        """Whether `verdict` is good enough."""
        return VERDICTS.index(verdict) <= VERDICTS.index(self.accept)

    def changed(self, words: Mapping[str, Any], where: Mapping[str, str | int]) -> Limits:
        """Return these limits with `words` (option names to values) over them.

        Raises InputError `bad_limit` for all words that are not limits or hold no sense.
        """
        problems: list[Problem] = []
        found: dict[str, Any] = {}
        for word, value in words.items():
            try:
                name = _field(word)
                found[name] = _value(name, value)
            except ValueError as error:
                problems.append(_problem(word, value, str(error), where))
        if problems:
            raise InputError(problems)
        return replace(self, **found)


NAMES: dict[str, str] = {
    "float": "float_dbfs",
    "rms": "rms_dbfs",
    "peak": "peak_dbfs",
    "loudness": "loudness_lu",
    "true_peak": "true_peak_db",
    "length": "length_frames",
    "accept": "accept",
}
"""The words of options and policies, and the fields they set."""


def given(words: Sequence[str]) -> dict[str, str]:
    """Split options into names and values. Raises InputError `bad_limit`."""
    bare = [word for word in words if "=" not in word]
    if bare:
        said = "a limit is written name=value"
        raise InputError([_problem(word, "", said, {}) for word in bare])
    parts = (word.partition("=") for word in words)
    return {name.strip(): value.strip() for name, _, value in parts}


def as_json(limits: Limits) -> dict[str, Any]:
    """The limits by the words of the options."""
    return {name: getattr(limits, field) for name, field in NAMES.items()}


def _field(word: str) -> str:
    if word in NAMES:
        return NAMES[word]
    if word in {field.name for field in fields(Limits)}:
        return word
    raise ValueError("there is no limit of that name")


def _value(name: str, value: Any) -> Any:
    if name == "accept":
        if value not in PASSING:
            raise ValueError(f"accept takes one of {', '.join(PASSING)}")
        return value
    number = _number(value)
    if number > 0 and name in ("rms_dbfs", "peak_dbfs", "float_dbfs"):
        raise ValueError("a level over 0 dBFS would allow everything")
    if math.isinf(number) and name not in ("rms_dbfs", "peak_dbfs", "float_dbfs"):
        raise ValueError("a limit that is infinite would allow everything")
    if name == "length_frames":
        if number < 0 or number != int(number):
            raise ValueError("length takes a whole number of frames")
        return int(number)
    if name in ("loudness_lu", "true_peak_db") and number < 0:
        raise ValueError("this limit is a distance and cannot be negative")
    return number


def _number(value: Any) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if math.isnan(number):
        raise ValueError("a limit is a number")
    return number


def _problem(word: str, value: Any, why: str, where: Mapping[str, str | int]) -> Problem:
    near = nearest(word.partition("=")[0], tuple(NAMES))
    return Problem(
        "bad_limit",
        f"limit {word}{f' = {value}' if value != '' else ''}: {why}",
        {**where, "path": word},
        expected=", ".join(f"{name}=..." for name in NAMES),
        nearest=near if near != word else None,
        hint="for example --limit rms=-100",
    )
