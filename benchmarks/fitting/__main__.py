"""How near `fit` comes to hidden settings of ten inserts, on five seconds of drums.

`python -m benchmarks.fitting [--only NAME...] [--evaluations N] [--beside] [--docs]`: without a
number each may listen as often as takes about two minutes of CPU. A name is an insert's, or that of
a stand-in: "ZamEQ2 by eq". `--beside` has two of scipy's optimisers search alone, with as many
evaluations.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.apart import ROOT
from benchmarks.bounced.page import markdown
from benchmarks.defects.page import with_figures
from benchmarks.fitting.hidden import (
    MOST,
    MOST_OF,
    SEARCHES,
    STAND_INS,
    Found,
    drums,
    found,
    names,
    stood_in,
)

_GOAL_DBFS = -90.0
_STOOD = (
    "Built-ins in the place of two of them; how far the residual lies under the plugin's output:"
)
_STOOD_HEAD = (
    "stand-in",
    "settings",
    "target",
    "before",
    "after",
    "under, dB",
    "evaluations",
    "CPU s",
    "s",
)
_PAGE = ROOT / "docs" / "fit.md"


def main() -> None:
    """Run what was asked for, and print."""
    asked = _asked()
    with tempfile.TemporaryDirectory(prefix="stemwright-fits-") as name:
        folder = Path(name)
        sound = drums()
        load = os.getloadavg()[0]
        searches = list(SEARCHES) if asked.beside else ["fit"]
        rows = []
        inserts = [each for each in asked.only or names() if each in names()]
        for each in inserts:
            for search in searches:
                most = asked.evaluations or MOST_OF.get(each, MOST)
                made = found(each, sound, folder, most, search)
                rows.append(_cells(made, search))
                sys.stderr.write(f"{' | '.join(rows[-1])}\n")
        stood = (
            [] if asked.beside else _stand_ins(sound, folder, asked.evaluations or MOST, asked.only)
        )
    reached = sum(float(row[5]) <= _GOAL_DBFS for row in rows if row[1] == "fit")
    head = (
        "insert",
        "search",
        "settings",
        "target",
        "before",
        "after",
        "evaluations",
        "CPU s",
        "s",
    )
    count = len(rows) // len(searches)
    told = (
        f"{markdown(head, rows)}\n\n"
        f"Residuals in dBFS RMS; {reached} of {count} at {_GOAL_DBFS:.0f} or below by"
        f" `fit`, {_allowed(asked.evaluations)}, on {os.cpu_count()} cores with a"
        f" load of {load:.1f} by other work."
    )
    if stood:
        beside = f"{_STOOD}\n\n{markdown(_STOOD_HEAD, stood)}"
        told = f"{told}\n\n{beside}" if rows else beside
    sys.stdout.write(f"{told}\n")
    if asked.docs:
        text = _PAGE.read_text(encoding="utf-8")
        part = "beside" if asked.beside else "hidden"
        _PAGE.write_text(with_figures(text, part, told), encoding="utf-8")


def _allowed(evaluations: int | None) -> str:
    if evaluations is not None:
        return f"at most {evaluations} evaluations each"
    others = ", ".join(f"{most} for {name}" for name, most in MOST_OF.items())
    return f"at most {MOST} evaluations each, {others}"


def _stand_ins(
    sound: Any, folder: Path, evaluations: int, only: list[str] | None
) -> list[tuple[str, ...]]:
    rows = []
    for name, by in STAND_INS:
        if only and f"{name} by {by}" not in only:
            continue
        made = stood_in(name, by, sound, folder, evaluations)
        name, _, *rest = _cells(made, "")
        rows.append((name, *rest[:4], f"{made.target_db - made.after_db:.1f}", *rest[4:]))
        sys.stderr.write(f"{' | '.join(rows[-1])}\n")
    return rows


def _cells(made: Found, search: str) -> tuple[str, ...]:
    levels = (made.target_db, made.before_db, made.after_db)
    figures = (f"{each:.1f}" for each in levels)
    return (
        *(made.name, search, str(made.knobs)),
        *figures,
        str(made.evaluations),
        *(f"{each:.0f}" for each in (made.used.cpu_s, made.used.wall_s)),
    )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fitting", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=(*names(), *(f"{name} by {by}" for name, by in STAND_INS))
    )
    parser.add_argument("--evaluations", type=int)
    parser.add_argument("--beside", action="store_true")
    parser.add_argument("--docs", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
