"""Versions that complement each other: what is between their sum and the master; what they cost.

Every render is a command of its own, over a store of its own, as a user's first one is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import Figures, progress
from benchmarks.songs import DATA
from benchmarks.usage import Usage
from bridge.demo import write_song
from chains import LIBRARY

_GOAL_DBFS, _PLUGINS_GOAL_DBFS = "<= -120", "<= -60"
_CHAINS = ("vocal-forward", "demo", "zam")
_PAIR = """
[[version]]
id = "without"
mute = ["{group}"]
dynamics = "{dynamics}"
[[version]]
id = "alone"
only = ["{group}"]
dynamics = "{dynamics}"
"""
_PLUGINS = (
    ("ZamComp", '"Threshold" = "-24 dB", "Ratio" = "3"'),
    ("ZamCompX2", '"Threshold" = "-24 dB", "Ratio" = "3", "Stereo Detection" = "1"'),
    (
        "ZaMultiComp",
        '"ZamComp 1 ON" = "1", "ZamComp 2 ON" = "1", "ZamComp 3 ON" = "1", '
        '"Threshold 1" = "-24 dB", "Threshold 2" = "-24 dB", "Threshold 3" = "-24 dB"',
    ),
)
_ON_MASTER = """
[[master.insert]]
id = "one"
use = "plugin"
plugin = "{plugin}"
params = {{ {params} }}
"""
_STEMS = '\n[[version]]\nid = "stem"\nstems = "mastered"\n'


@dataclass(frozen=True)
class Song:
    """A folder of stems, and the group that versions leave out or have alone."""

    name: str
    stems: Path
    group: str


def versions(figures: Figures) -> None:
    """Render the demo and three songs of the test material by three chains."""
    with tempfile.TemporaryDirectory(prefix="stemwright-versions-") as name:
        place = Path(name)
        write_song(place / "demo")
        songs = [Song("demo", place / "demo", "vocals")]
        for found, group in (
            ("caesium", "vocals"),
            ("potassium", "vocals"),
            ("crunkdemo-lmms", "drums"),
        ):
            if (DATA / "stems" / found).is_dir():
                songs.append(Song(found, DATA / "stems" / found, group))
            else:
                figures.left_out(found, f"there is no stems/{found} in STEMWRIGHT_TEST_DATA")
        for song in songs:
            for chain in _CHAINS:
                _song(figures, song, chain, place)
        for song in songs:
            for plugin, params in _PLUGINS:
                plugin_alone(figures, song, plugin, params, place)


def _song(figures: Figures, song: Song, chain: str, place: Path) -> None:
    progress(f"{song.name}, {chain}")
    figures.title(f"{song.name} by {chain}.toml: the peak between the master and a sum of versions")
    text = (LIBRARY / f"{chain}.toml").read_text(encoding="utf-8").partition("[[version]]")[0]
    goal = _PLUGINS_GOAL_DBFS if chain == "zam" else _GOAL_DBFS
    _, alone = _rendered(text, song, place)
    for dynamics in ("own", "main"):
        pair = _PAIR.format(group=song.group, dynamics=dynamics)
        record, used = _rendered(text + pair, song, place)
        _sums(figures, f"a pair, dynamics {dynamics}", record, goal if dynamics == "main" else "")
        cost = 50.0 * (used.cpu_s - alone.cpu_s) / alone.cpu_s
        figures.figure("  a version's CPU, of the main render's", cost, "%")
    record, _ = _rendered(text + _STEMS, song, place)
    _sums(figures, "mastered stems", record, goal)
    _replays(figures, record)


def plugin_alone(figures: Figures, song: Song, plugin: str, params: str, place: Path) -> None:
    """One plugin on the master of a song, and a pair with the main's gains."""
    progress(f"{song.name}, {plugin} on the master")
    figures.title(f"{song.name}, {plugin} alone on the master")
    text = (LIBRARY / "demo.toml").read_text(encoding="utf-8").partition("[master]")[0]
    master = _ON_MASTER.format(plugin=plugin, params=params)
    pair = _PAIR.format(group=song.group, dynamics="main")
    record, _ = _rendered(f"{text}{master}[target]\nintegrated_lufs = -14.0\n{pair}", song, place)
    _sums(figures, "a pair, dynamics main", record, _PLUGINS_GOAL_DBFS)
    _replays(figures, record)


def _replays(figures: Figures, record: Mapping[str, Any]) -> None:
    for step in record["steps"]:
        if "replay" in step and "@" in step["id"]:
            told = step["replay"]
            missed = "nothing" if told["missed_dbfs"] is None else f"{told['missed_dbfs']} dBFS"
            figures.columns(f"  {step['id']}", [told["model"], f"misses {missed}"])


def _sums(figures: Figures, what: str, record: Mapping[str, Any], goal: str) -> None:
    for said in record["diagnostics"]:
        if said["code"] in ("versions_sum", "versions_not_summing"):
            found = said["message"].partition("is at most ")[2].partition(" dBFS")[0]
            figures.figure(what, float(found), "dBFS", goal)


def _rendered(text: str, song: Song, place: Path) -> tuple[dict[str, Any], Usage]:
    with tempfile.TemporaryDirectory(dir=place) as name:
        folder = Path(name)
        chain = folder / "chain.toml"
        chain.write_text(text, encoding="utf-8")
        words = ["render", str(song.stems), str(chain), "-o", str(folder / "out"), "--json"]
        environ = {**os.environ, "STEMWRIGHT_STORE": str(folder / "store")}
        start = Usage.now()
        command = [sys.executable, "-m", "stemwright", *words]
        done = subprocess.run(command, check=False, capture_output=True, env=environ, text=True)
        used = Usage.now().since(start)
        return json.loads(done.stdout), used
