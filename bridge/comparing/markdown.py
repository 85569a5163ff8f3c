"""Markdown for a pull request or a ticket: the verdict, a table, then what fails."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from bridge.comparing.alignment import alignment_words
from bridge.comparing.model import Diff, FileDiff
from bridge.comparing.wording import file_lines, headline

_HEAD = ("file", "verdict", "peak dBFS", "rms dBFS", "LU", "dBTP", "alignment")
_ENDS = re.compile(r"[\r\n]+")
_MARKS = re.compile(r"[\\`*_{}\[\]#|~!]")


def markdown(found: Diff) -> str:
    """Return the report as text."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Diff) -> Iterator[str]:
    yield f"## {headline(found)}"
    yield ""
    if found.first_step is not None:
        yield f"First to differ, in signal order: {_escaped(found.first_step)}"
        yield ""
    yield f"| {' | '.join(_HEAD)} |"
    yield "|---|---|--:|--:|--:|--:|---|"
    yield from (_row(each) for each in found.files)
    for each in found.files:
        if not each.within:
            yield ""
            yield f"### {_escaped(each.name)}"
            yield from _fenced([*file_lines(each)])


def _row(each: FileDiff) -> str:
    left = each.raw
    cells = (
        _escaped(each.name),
        each.verdict if each.within else f"**{each.verdict}**",
        _number(None if left is None else left.peak_dbfs),
        _number(None if left is None else left.rms_dbfs),
        _number(each.loudness_delta_lu, "+.2f"),
        _number(each.true_peak_delta_db, "+.2f"),
        "" if each.alignment is None else alignment_words(each.alignment),
    )
    return f"| {' | '.join(cells)} |"


def _number(value: float | None, form: str = ".1f") -> str:
    return format(value, form) if value is not None and math.isfinite(value) else ""


def _escaped(text: str) -> str:
    """Plain text, of which neither Markdown nor HTML makes anything (CommonMark 2.4)."""
    marked = _MARKS.sub(r"\\\g<0>", " ".join(text.split()))
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fenced(lines: list[str]) -> Iterator[str]:
    """A block of code, in a fence longer than any run of backticks in it."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (fence, *(_ENDS.sub(" ", line) for line in lines), fence)
