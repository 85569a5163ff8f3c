"""Give songs faders that are known, mix them through buses, and see what `balance` makes of it.

`python -m benchmarks.balance [--load] [--only SONG...] [--docs]`: `--load` prints what it takes
instead. Everything is seeded; shared songs and plugins that are not here are left out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.balance import page
from benchmarks.balance.load import Load, loads
from benchmarks.balance.recovered import recovered
from benchmarks.balance.songs import songs


def main() -> None:
    """Run what was asked for, and print."""
    asked = _asked()
    told = page.load_table(list(_loads())) if asked.load else _recovered(asked.only)
    sys.stdout.write(f"{told}\n")
    if asked.docs:
        page.write("load" if asked.load else "recovered", told)


def _loads() -> Iterator[Load]:
    """Each as it comes, too: the longest takes a while."""
    for each in loads():
        sys.stderr.write(f"{page.load_table([each]).splitlines()[-1]}\n")
        yield each


def _recovered(only: list[str]) -> str:
    with tempfile.TemporaryDirectory(prefix="stemwright-balance-") as name:
        wanted = [song for song in songs(Path(name)) if not only or song.name in only]
        return page.recovered_table(list(recovered(wanted)))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--load", action="store_true")
    parser.add_argument("--only", nargs="+", default=[], metavar="SONG")
    parser.add_argument("--docs", action="store_true")
    return parser.parse_args()


main()
