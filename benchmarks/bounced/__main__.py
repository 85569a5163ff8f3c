"""Let Ardour and us bounce the same sessions, one construct each, and print what is left.

`python -m benchmarks.bounced [--only NAME...] [--keep DIR] [--docs]`. Sessions that Ardour saved
are compared too where the test data is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bounced import page
from benchmarks.bounced.ardour import MISSING, Ardour, is_here
from benchmarks.bounced.constructs import songs
from benchmarks.bounced.null import bounced, null
from benchmarks.bounced.page import Row
from benchmarks.bounced.saved import saved
from benchmarks.bounced.song import Song
from benchmarks.bounced.written import write


def main() -> None:
    """Run what was asked for, and print."""
    asked = _asked()
    if not is_here():
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory(prefix="stemwright-bounced-") as name:
        folder = Path(name) if asked.keep is None else asked.keep
        rows = []
        for row in _rows(asked, folder):
            rows.append(row)
            sys.stdout.write(f"{' | '.join(row.cells())}\n")
            sys.stdout.flush()
    if asked.docs:
        page.write(page.table(rows))


def _rows(asked: argparse.Namespace, folder: Path) -> Iterator[Row]:
    ardour = Ardour(folder / "ardour")
    for song in songs():
        if not asked.only or song.name in asked.only:
            yield nulled(song, folder, ardour)
    if not asked.only:
        yield from saved(folder)


def nulled(song: Song, folder: Path, ardour: Ardour) -> Row:
    """Write a song, let both bounce it, and compare.

    Raises ArdourFailedError, and what a bounce raises.
    """
    session, truth = write(song, folder / song.name), folder / f"{song.name}.wav"
    ardour.scan(song.plugins)
    ardour.save(song, session)
    ardour.agreed(session, truth)
    found = null(bounced(session, folder / f"{song.name} ours"), truth)
    return Row(song.name, song.holds, found, song.goal_dbfs, song.remains)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.bounced", description=__doc__)
    names = [each.name for each in songs()]
    parser.add_argument("--only", nargs="+", choices=names, default=[], metavar="NAME")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep sessions and bounces here")
    parser.add_argument("--docs", action="store_true", help="put the table into docs/bounce.md")
    asked = parser.parse_args()
    if asked.docs and asked.only:
        parser.error("--docs takes the whole table")
    return asked


if __name__ == "__main__":
    main()
