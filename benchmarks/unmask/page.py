"""docs/unmask.md: its tables are written, each from one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks.apart import ROOT
from benchmarks.bounced.page import markdown
from benchmarks.defects.page import with_figures
from benchmarks.unmask.measured import Measured

PAGE = ROOT / "docs" / "unmask.md"
_HEAD = (
    "voice, masker", "loud at, Hz", "cut at, Hz", "told at, Hz", "named",
    "bands named of the voice", "of all groups",
    "depth, dB", "hidden, phon",
    "gain, phon", "off, phon", "most moved, LU", "most lost, phon", "cuts again",
)  # fmt: skip


def pairs_table(found: Sequence[Measured]) -> str:
    """A row a pair, and one of all."""
    rows = [_row(each) for each in found]
    off = [abs(value) for each in found for value in each.off_phon]
    named = Counter(each.named for each in found)
    rows.append((
        f"all {len(found)}", "", "", "",
        f"{named.total() - named['no']}, {named['cut']} cut",
        str(sum(each.voice_bands for each in found)), str(sum(each.bands for each in found)),
        "", "", "", f"{max(off, default=0.0):.2f}", f"{max(each.moved_lu for each in found):.2f}",
        f"{max(each.lost_phon for each in found):.2f}", str(sum(each.again for each in found)),
    ))  # fmt: skip
    rows.append(("goal", "", "", "", "all", "", "", "", "", "", "1", "1", "1", ""))
    return markdown(_HEAD, rows)


def _row(each: Measured) -> tuple[str, ...]:
    worst = max((abs(value) for value in each.off_phon), default=None)
    return (
        each.pair.name,
        f"{each.pair.hz:g}",
        _shown(each.hz, 0),
        _shown(each.told_hz, 0),
        each.named,
        str(each.voice_bands),
        str(each.bands),
        _shown(each.depth_db, 1),
        _shown(each.hidden_phon, 1),
        _shown(each.foretold_phon, 2),
        _shown(worst, 2),
        f"{each.moved_lu:.2f}",
        f"{each.lost_phon + 0.0:.2f}",
        str(each.again),
    )


def _shown(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def write(section: str, told: str) -> None:
    """Put a table into the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_figures(text, section, told), encoding="utf-8")
