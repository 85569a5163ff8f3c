"""Precision and recall of `check` by defect and level, and its false alarms on clean stems.

`python -m benchmarks.defects [--only CODE...] [--kept] [--json FILE] [--docs]`, or
`--story`, or `--repairs`. The kept part is for a last look: no threshold may be set on it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.apart import LeftOutError
from benchmarks.defects import page, repairs, table
from benchmarks.defects.clean import Part
from benchmarks.defects.running import Results, ran, ran_by_peers
from benchmarks.defects.story import stories, summary
from bridge.checking import CODES


def main() -> None:
    """Run what was asked for, and print."""
    asked = _asked()
    with tempfile.TemporaryDirectory(prefix="stemwright-defects-") as name:
        if asked.story:
            _tell_stories("kept" if asked.kept else "training", Path(name))
            return
        if asked.repairs:
            part: Part = "kept" if asked.kept else "training"
            worth = repairs.ran(part, Path(name), asked.share, asked.only)
            sys.stdout.write(repairs.printed(*worth))
            return
        results = _results("kept" if asked.kept else "training", asked, Path(name))
    sys.stdout.write(table.printed(results, asked.places))
    if asked.json:
        asked.json.write_text(json.dumps(table.as_json(results), indent=1), encoding="utf-8")
    if asked.docs:
        page.write(results)


def _results(part: Part, asked: argparse.Namespace, folder: Path) -> Results:
    if not asked.peers:
        return ran(part, asked.only, folder, asked.share)
    try:
        return ran_by_peers(part, asked.only, folder, asked.share)
    except LeftOutError as why:
        return Results(part, left_out={"libsonare": str(why)})


def _tell_stories(part: Part, folder: Path) -> None:
    told = []
    for each in stories(part, folder):
        told.append(each)
        sys.stdout.write(f"{each}\n")
    sys.stdout.write(f"{summary(told)}\n")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.defects", description=__doc__)
    names = [code.name for code in CODES]
    parser.add_argument("--only", nargs="+", choices=names, default=[], metavar="CODE")
    parser.add_argument("--kept", action="store_true", help="the part kept for a last look")
    parser.add_argument("--story", action="store_true", help="five mistakes in one song, alone")
    parser.add_argument("--repairs", action="store_true", help="what mending is worth, alone")
    parser.add_argument("--places", action="store_true", help="say where it missed and erred")
    parser.add_argument("--share", type=float, default=1.0, help="of the stems a level is put on")
    parser.add_argument("--peers", action="store_true", help="libsonare instead of ours")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--docs", action="store_true", help="put them into docs/checks-figures.md")
    return parser.parse_args()


main()
