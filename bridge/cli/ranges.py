"""A part of a song as it is said on the command line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.planning import Excerpt


def excerpt(words: str, preroll_s: float) -> Excerpt:
    """Read START-END or START:END, either side of which may be left out.

    Times are seconds or m:ss, h:mm:ss; where a time has colons, a hyphen parts the two. Raises
    InputError.
    """
    from bridge.planning import Excerpt

    try:
        start, end = _ends(words)
        return Excerpt(_time_s(start) if start else 0.0, _time_s(end) if end else None, preroll_s)
    except ValueError as error:
        raise InputError(
            Problem(
                "usage",
                f"--range {words} is not a range",
                expected="START:END in seconds, or m:ss-m:ss; a side left out is the song's own",
                hint=_NO_START if words.startswith("-") else _RANGES,
            )
        ) from error


_RANGES = "for example --range 30:50, --range 1:02-1:22, --range 1:02-, --range :30"
_NO_START = (
    "a song begins at 0: a hyphen in front leaves the start out, and minutes have two digits of "
    "seconds behind them, as in --range=-0:30"
)


def _ends(words: str) -> tuple[str, str]:
    """Split a range. ValueError where it is not clear what parts it."""
    start, mark, end = words.partition("-")
    if not mark:
        start, mark, end = words.partition(":")
        if ":" in end:
            raise ValueError(words)
    if not mark or not (start or end):
        raise ValueError(words)
    return start, end


def _time_s(word: str) -> float:
    """Read seconds, m:ss or h:mm:ss. ValueError for anything else."""
    parts = word.split(":")
    seconds = 0.0
    for place, part in enumerate(parts):
        if not part.replace(".", "", place == len(parts) - 1).isdecimal():
            raise ValueError(word)
        if place and (float(part) >= 60.0 or len(part.partition(".")[0]) != 2):
            raise ValueError(word)
        seconds = 60.0 * seconds + float(part)
    if len(parts) > 3 or not math.isfinite(seconds):
        raise ValueError(word)
    return seconds
