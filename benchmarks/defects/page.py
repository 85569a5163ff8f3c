"""docs/checks-figures.md: the tables of a part are written from one run of it."""

from __future__ import annotations

from benchmarks.apart import ROOT
from benchmarks.defects import table
from benchmarks.defects.running import Results

PAGE = ROOT / "docs" / "checks-figures.md"


def markers(part: str) -> tuple[str, str]:
    """What stands before and behind the figures of a part of the set, or of another section."""
    return f"<!-- {part}: begin -->", f"<!-- {part}: end -->"


def with_figures(text: str, part: str, told: str) -> str:
    """Return `text` with what stood between a part's markers replaced.

    ValueError where the markers are not there once each, in this order.
    """
    begin, end = markers(part)
    before, begun, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not begun or not ended or begin in rest or end in before + after:
        raise ValueError(f"{begin} and {end} are wanted once each, in this order")
    return f"{before}{begin}\n{told}\n{end}{after}"


def write(results: Results) -> None:
    """Put the figures of a part into the page."""
    put(results.part, table.markdown(results))


def put(section: str, told: str) -> None:
    """Put what is told into a section of the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_figures(text, section, told), encoding="utf-8")
