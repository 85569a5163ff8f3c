"""Measure speed and memory beside peers that do the same or less, each part in one run.

Without a part named: all but songs, versions, overs, conversions,
deliveries and scaling. Goals are printed beside figures; nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks import ours, readme
from benchmarks.conversions import conversions
from benchmarks.deliveries import deliveries
from benchmarks.figures import Figures
from benchmarks.masters import Masters, Song, hosted
from benchmarks.measuring import measuring
from benchmarks.overs import overs
from benchmarks.processors import processors
from benchmarks.scaling import scaling
from benchmarks.songs import songs
from benchmarks.versions import versions

_RATE_HZ = 48000


def main() -> None:
    """Run what was asked for, and print."""
    asked = _asked()
    figures, load = Figures(), os.getloadavg()[0]
    sys.stdout.write(f"{readme.machine(load, asked.seconds, asked.runs)}\n")
    with tempfile.TemporaryDirectory(prefix="stemwright-bench-") as name:
        folder = Path(name)
        song = Song(folder, asked.seconds, _RATE_HZ, asked.jobs, asked.runs)
        if asked.masters or asked.hosted:
            song.write()
        if asked.masters:
            Masters(figures, song).run()
        if asked.hosted:
            hosted(figures, song)
        ours.forget(song.stems)
        if asked.measure:
            measuring(figures, folder, asked.seconds, asked.runs)
        if asked.processors:
            processors(figures, asked.runs)
        _of_songs(figures, asked)
        if asked.deliveries:
            deliveries(figures, folder, asked.seconds)
        if asked.scaling:
            scaling(figures, folder, asked.jobs, asked.runs)
    if asked.readme:
        readme.write(figures.shown, readme.machine(load, asked.seconds, asked.runs))


def _of_songs(figures: Figures, asked: argparse.Namespace) -> None:
    if asked.songs:
        songs(figures, asked.runs)
    if asked.versions:
        versions(figures)
    if asked.overs:
        overs(figures, docs=asked.docs)
    if asked.conversions:
        conversions(figures)


_PARTS = {
    "masters": "masters of 8 stems beside peers",
    "hosted": "a real plugin a lane beside the bare plugins",
    "measure": "measuring and comparing files beside other meters",
    "processors": "what a frame costs in each built-in and stage, compiled and in numpy",
    "songs": "what a change to a song costs, and how a replaced stem is told; needs the test data",
    "versions": "what is between a master and the sum of its versions; needs the test data",
    "overs": "what lossy encoders lift over full scale of 20 hot masters; needs the test data",
    "conversions": "what delivered files lose to their depth and rate",
    "deliveries": "what one delivery of every version for four recipients takes",
    "scaling": "CPU and memory by length, stems and inserts; needs 15 GB of disk",
}
_NOT_IN_README = ("songs", "versions", "overs", "conversions", "deliveries")
_LONG = ("scaling", *_NOT_IN_README)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=int, default=240, help="length of the stems")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3, help="rounds; medians are printed")
    for name, what in _PARTS.items():
        parser.add_argument(f"--{name}", action="store_true", help=what)
    parser.add_argument(
        "--readme",
        action="store_true",
        help="write the README's table from the parts named, from all where none is",
    )
    parser.add_argument(
        "--docs", action="store_true", help="write the tables of docs/ that the parts named have"
    )
    asked = parser.parse_args()
    if not any(getattr(asked, name) for name in _PARTS):
        for name in _PARTS:
            wanted = asked.readme and name not in _NOT_IN_README
            setattr(asked, name, wanted or name not in _LONG)
    return asked


main()
