"""Let Ardour and us bounce the same sessions, one construct each, and print what is left.

`python -m benchmarks.bounced [--only NAME...] [--keep DIR] [--docs]`
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.bounced.ardour import MISSING, Ardour, is_here
from benchmarks.bounced.constructs import songs
from benchmarks.bounced.null import Null, bounced, null
from benchmarks.bounced.song import Song
from benchmarks.bounced.written import write


def main() -> None:
    """Run what was asked for, and print."""
    asked = _asked()
    if not is_here():
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory(prefix="stemwright-bounced-") as name:
        folder = Path(name) if asked.keep is None else asked.keep
        ardour = Ardour(folder / "ardour")
        for song in songs():
            if not asked.only or song.name in asked.only:
                sys.stdout.write(f"{row(song, nulled(song, folder, ardour))}\n")
                sys.stdout.flush()


def nulled(song: Song, folder: Path, ardour: Ardour) -> Null:
    """Write a song, let both bounce it, and compare.

    Raises ArdourFailedError, and what a bounce raises.
    """
    session, truth = write(song, folder / song.name), folder / f"{song.name}.wav"
    ardour.scan(song.plugins)
    ardour.save(song, session)
    ardour.export(session, truth)
    return null(bounced(session, folder / f"{song.name} ours"), truth)


def row(song: Song, found: Null) -> str:
    """A row of the page's table."""
    cells = (song.name, song.holds, f"{found.peak_dbfs:.1f}", f"{found.rms_dbfs:.1f}")
    return f"| {' | '.join(cells)} | {found.truth_rms_dbfs:.1f} | {song.remains} |"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.bounced", description=__doc__)
    names = [each.name for each in songs()]
    parser.add_argument("--only", nargs="+", choices=names, default=[], metavar="NAME")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep sessions and bounces here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
