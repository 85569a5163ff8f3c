"""Drive two tones, a bass and four songs into our limiter and peers, and print what they make.

`python -m benchmarks.limiters [--ours] [--record FILE] [--docs]`. Beside them stand the figures of
our limiter's version 4, recorded by this very command. Three songs come from the folder that
STEMWRIGHT_TEST_DATA names.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.apart import ROOT, LeftOutError
from benchmarks.bounced.page import markdown
from benchmarks.defects.page import with_figures
from benchmarks.figures import progress
from benchmarks.limiters.figures import Found
from benchmarks.limiters.limiting import limiters
from benchmarks.limiters.sounds import songs

PAGE, SECTION = ROOT / "docs" / "limiter.md", "limiters"
_BEFORE = Path(__file__).parent / "version-4.json"
_HEAD = (
    "limiter",
    "intermodulation at +3 / +6 / +12 dB",
    "harmonics of 40 Hz at +6 / +12 dB",
    "highest sample, dBFS",
    "true peak, ours, dBTP",
    "libebur128, dBTP",
)


def main() -> None:
    """Run what was asked for, and print."""
    asked = _asked()
    material = list(songs())
    found: dict[str, Found] = {}
    for name, limited in limiters().items():
        if asked.ours and found:
            break
        progress(name)
        try:
            found[name] = Found.of(limited, material)
        except LeftOutError as error:
            sys.stderr.write(f"{name} left out: {error}\n")
    if asked.record is not None:
        next(iter(found.values())).write(asked.record)
    if _BEFORE.is_file():
        found.setdefault("ours, version 4", Found.read(_BEFORE))
    told = tables(found)
    sys.stdout.write(f"{told}\n")
    if asked.docs:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_figures(text, SECTION, told), encoding="utf-8")


def tables(found: Mapping[str, Found]) -> str:
    """Tones and peaks a limiter; coherence in dB and loudness in LU a song and drive."""
    columns = {name: each.of_songs() for name, each in found.items()}
    rows = [(song, *(of[song] for of in columns.values())) for song in next(iter(columns.values()))]
    first = markdown(_HEAD, [(name, *each.cells()) for name, each in found.items()])
    return f"{first}\n\n{markdown(('song and drive', *columns), rows)}"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.limiters", description=__doc__)
    parser.add_argument("--ours", action="store_true", help="no peers")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write our figures as JSON")
    parser.add_argument("--docs", action="store_true", help="put the tables into docs/limiter.md")
    asked = parser.parse_args()
    if asked.docs and asked.ours:
        parser.error("--docs takes every limiter")
    return asked


if __name__ == "__main__":
    main()
