"""docs/bounce.md: its tables are written, each from one run."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.apart import ROOT
from benchmarks.bounced.null import Null
from benchmarks.defects.page import with_figures
from stemwright.values import dataclass

PAGE = ROOT / "docs" / "bounce.md"
SECTION = "ardour"


@dataclass(frozen=True)
class Row:
    """A session, what it holds, what is left of it and why, and the peak that is aimed at."""

    name: str
    holds: str
    found: Null
    goal_dbfs: float
    remains: str

    def cells(self) -> tuple[str, ...]:
        """What is printed of it; a peak above the goal is told."""
        found = self.found
        peaks = (found.peak_dbfs, found.settled_peak_dbfs, found.rms_dbfs)
        missed = "" if found.peak_dbfs <= self.goal_dbfs else f" (goal {self.goal_dbfs:.0f})"
        first, *others = (f"{each:.1f}" for each in peaks)
        return (self.name, self.holds, first + missed, *others, self.remains)


def table(rows: Sequence[Row]) -> str:
    """The rows as markdown."""
    head = ("session", "holds", "peak", "from 0.1 s on", "RMS", "what is left")
    return markdown(head, [row.cells() for row in rows])


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def write(told: str, section: str = SECTION) -> None:
    """Put a table into the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_figures(text, section, told), encoding="utf-8")
