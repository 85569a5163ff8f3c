"""Measure speed and memory beside peers that do the same or less, each part in one run.

Goals are printed beside figures; nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figures
from benchmarks.hosted import hosted
from benchmarks.masters import Masters, Song
from benchmarks.measuring import measuring
from benchmarks.processors import processors

_RATE_HZ = 48000


def main() -> None:
    """Run what was asked for, and print."""
    asked = _asked()
    figures = Figures()
    sys.stdout.write(f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory(prefix="stemwright-bench-") as name:
        song = Song(Path(name), asked.seconds, _RATE_HZ, asked.jobs, asked.runs)
        if asked.masters or asked.hosted:
            song.write()
        if asked.masters:
            Masters(figures, song).run()
        if asked.hosted:
            hosted(figures, song)
        if asked.measure:
            measuring(figures, Path(name), asked.seconds, asked.runs)
        if asked.processors:
            processors(figures, asked.runs)


_PARTS = {
    "masters": "masters of 8 stems beside peers",
    "hosted": "a real plugin a lane beside the bare plugins",
    "measure": "measuring and comparing files beside other meters",
    "processors": "what a frame costs in each built-in and stage, compiled and in numpy",
}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=int, default=240, help="length of the stems")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3, help="rounds; medians are printed")
    for name, what in _PARTS.items():
        parser.add_argument(f"--{name}", action="store_true", help=what)
    asked = parser.parse_args()
    if not any(getattr(asked, name) for name in _PARTS):
        for name in _PARTS:
            setattr(asked, name, True)
    return asked


main()
