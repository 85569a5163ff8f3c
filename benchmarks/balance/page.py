"""docs/balance.md: its tables are written, each from one run."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.apart import ROOT
from benchmarks.balance.buses import BUSES
from benchmarks.balance.load import GOAL_BYTES, Load
from benchmarks.balance.recovered import Recovered
from benchmarks.bounced.page import markdown
from benchmarks.defects.page import with_figures

PAGE = ROOT / "docs" / "balance.md"


def recovered_table(found: Sequence[Recovered]) -> str:
    """A row a bus: how far off the faders of all songs are."""
    head = (
        "the rough mix went through",
        "songs",
        "stems",
        "worst, dB",
        "mean, dB",
        "goal",
        "where",
    )
    rows = []
    for bus in BUSES:
        those = [each for each in found if each.bus == bus]
        if those:
            errors = [error for each in those for error in each.errors_db.values()]
            lost = sum(len(each.lost) for each in those)
            worst = max(those, key=lambda each: each.worst_db)
            stem = max(worst.errors_db, key=lambda name: abs(worst.errors_db[name]))
            known = f"{len(errors)} of {len(errors) + lost}" if lost else str(len(errors))
            goal = "" if bus.goal_db is None else f"{bus.goal_db:g}"
            missed = bus.goal_db is not None and worst.worst_db > bus.goal_db + 1e-6
            rows.append((
                bus.name, str(len(those)), known, f"{worst.worst_db:.2f}",
                f"{statistics.fmean(map(abs, errors)):.3f}",
                f"{goal} missed" if missed else goal, f"{worst.song}, {stem}",
            ))  # fmt: skip
    return markdown(head, rows)


def load_table(found: Sequence[Load]) -> str:
    """A row a song: what its balance took."""
    head = ("stems", "minutes", "CPU, s", "done again, CPU, s", "memory, MB", "goal")
    rows = [
        (
            str(each.stems), f"{each.seconds / 60:g}",
            f"{each.first.work.cpu_s:.1f}", f"{each.again.work.cpu_s:.1f}",
            f"{each.first.peak_bytes / 1e6:.0f}", f"{GOAL_BYTES / 1e6:.0f}",
        )
        for each in found
    ]  # fmt: skip
    return markdown(head, rows)


def write(section: str, told: str) -> None:
    """Put a table into the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_figures(text, section, told), encoding="utf-8")
