"""docs/checks-figures.md, its tables written from one run."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.apart import ROOT
from benchmarks.defects import table
from benchmarks.defects.running import Results

PAGE = ROOT / "docs" / "checks-figures.md"
BEGIN = "<!-- figures: begin -->"
END = "<!-- figures: end -->"


def with_figures(text: str, told: str) -> str:
    """Return `text` with what stood between the two markers replaced.

    ValueError where the markers are not there once each, in this order.
    """
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended or BEGIN in rest or END in before + after:
        raise ValueError(f"{BEGIN} and {END} are wanted once each, in this order")
    return f"{before}{BEGIN}\n{told}\n{END}{after}"


def write(found: Sequence[Results]) -> None:
    """Put the figures of a run into the page."""
    told = "\n".join(table.markdown(each) for each in found)
    PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8"), told), encoding="utf-8")
