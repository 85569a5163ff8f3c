"""Write starter chains, render them, hold them beside peers, and print what came of it.

`python -m benchmarks.starter [--docs]`. Needs the test data and, for the peers, their environment.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from benchmarks.apart import ROOT
from benchmarks.bounced.page import markdown
from benchmarks.defects.page import with_figures
from benchmarks.songs import DATA
from benchmarks.starter import figures
from benchmarks.starter.songs import songs

_PAGE = ROOT / "docs" / "new.md"


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(prog="benchmarks.starter", description=__doc__)
    parser.add_argument("--docs", action="store_true", help=f"write the tables into {_PAGE.name}")
    asked = parser.parse_args()
    if not (DATA / "stems" / "caesium").is_dir():
        sys.exit(f"there is no stems/caesium in {DATA}: name the test data, STEMWRIGHT_TEST_DATA")
    with tempfile.TemporaryDirectory(prefix="stemwright-starter-") as name:
        place = Path(name)
        reference = DATA / "stems" / "caesium" / "reference-master.flac"
        tables = [
            _shown(figures.RENDERS_HEAD, figures.renders(songs(place), place)),
            _shown(figures.DISTANCES_HEAD, figures.distances(place)),
            _shown(figures.TIMES_HEAD, figures.times(place, reference)),
        ]
    if asked.docs:
        told = "\n\n".join(tables)
        text = with_figures(_PAGE.read_text(encoding="utf-8"), "starter", told)
        _PAGE.write_text(text, encoding="utf-8")


def _shown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, printed row by row as they come."""
    found = []
    for row in chain([head], rows):
        found.append(row)
        sys.stdout.write(f"{' | '.join(row)}\n")
        sys.stdout.flush()
    return markdown(head, found[1:])


main()
