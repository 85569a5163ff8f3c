"""Precision and recall of `check` by defect and level, and its false alarms on clean stems.

`python -m benchmarks.defects [--only CODE...] [--kept] [--json FILE] [--docs]`, or
`--story`, `--sums`, `--repairs`, `--peers` or `--load [SECONDS]`. The kept part is for a last look:
no threshold may be set on it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.defects import beside, known_sums, load, page, repairs, repairs_load, table
from benchmarks.defects.clean import Part
from benchmarks.defects.running import Results, ran
from benchmarks.defects.story import stories, summary
from bridge.checking import CODES


def main() -> None:
    """Run what was asked for, and print."""
    asked = _asked()
    part: Part = "kept" if asked.kept else "training"
    if asked.load:
        _load(asked)
        return
    with tempfile.TemporaryDirectory(prefix="stemwright-defects-") as name:
        folder = Path(name)
        if asked.story:
            _tell_stories(part, folder)
        elif asked.sums:
            _explain_sums(part, asked, folder)
        elif asked.repairs:
            _mend(part, asked, folder)
        elif asked.peers:
            _beside(part, asked, folder)
        else:
            _tell(ran(part, asked.only, folder, asked.share), asked)


def _tell(results: Results, asked: argparse.Namespace) -> None:
    sys.stdout.write(table.printed(results, asked.places))
    if asked.json:
        asked.json.write_text(json.dumps(table.as_json(results), indent=1), encoding="utf-8")
    if asked.docs:
        page.write(results)


def _beside(part: Part, asked: argparse.Namespace, folder: Path) -> None:
    told = beside.table(*beside.ran(part, asked.only, folder, asked.share))
    sys.stdout.write(f"{told}\n")
    if asked.docs:
        page.put("peers", told)


def _explain_sums(part: Part, asked: argparse.Namespace, folder: Path) -> None:
    errors = known_sums.ran(part, folder)
    told = known_sums.table(errors)
    sys.stdout.write(f"{told}\n")
    if asked.places:
        sys.stdout.writelines(f"{said}\n" for each in errors for said in each.misses())
    if asked.docs:
        page.put("sums", told)


def _mend(part: Part, asked: argparse.Namespace, folder: Path) -> None:
    told = repairs.printed(*repairs.ran(part, folder, asked.share, asked.only))
    if not asked.only or "clipped" in asked.only:
        told = f"{told}\n\n{repairs_load.told(part, folder)}"
    sys.stdout.write(f"{told}\n")
    if asked.docs:
        page.put("repairs", told)


def _load(asked: argparse.Namespace) -> None:
    told = load.table(load.ran(asked.load), asked.load)
    sys.stdout.write(f"{told}\n")
    if asked.docs:
        page.put("load", told)


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
    parser.add_argument("--sums", action="store_true", help="mixes of which all is known, alone")
    parser.add_argument("--repairs", action="store_true", help="what mending is worth, alone")
    parser.add_argument("--places", action="store_true", help="say where it missed and erred")
    parser.add_argument("--share", type=float, default=1.0, help="of the stems a level is put on")
    parser.add_argument("--peers", action="store_true", help="ours beside libsonare and ffmpeg")
    takes = "what a check of ten stems of so many seconds takes"
    parser.add_argument("--load", nargs="?", type=int, const=240, metavar="SECONDS", help=takes)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--docs", action="store_true", help="put them into docs/checks-figures.md")
    return parser.parse_args()


main()
