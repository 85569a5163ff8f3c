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
_STEMS = '\n[[version]]\nid = "stem"\nstems = "mastered"\n'


@dataclass(frozen=True)
class _Song:
    name: str
    stems: Path
    group: str


def versions(figures: Figures) -> None:
    """Render the demo and three songs of the test material by three chains."""
    with tempfile.TemporaryDirectory(prefix="stemwright-versions-") as name:
        place = Path(name)
        write_song(place / "demo")
        songs = [_Song("demo", place / "demo", "vocals")]
        for found, group in (
            ("caesium", "vocals"),
            ("potassium", "vocals"),
            ("crunkdemo-lmms", "drums"),
        ):
            if (DATA / "stems" / found).is_dir():
                songs.append(_Song(found, DATA / "stems" / found, group))
            else:
                figures.left_out(found, f"there is no stems/{found} in STEMWRIGHT_TEST_DATA")
        for song in songs:
            for chain in _CHAINS:
                _song(figures, song, chain, place)


def _song(figures: Figures, song: _Song, chain: str, place: Path) -> None:
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
    for step in record["steps"]:
        if "replay" in step and "@" in step["id"]:
            told = step["replay"]
            figures.columns(
                f"  {step['id']}", [told["model"], f"misses {told['missed_dbfs']} dBFS"]
            )


def _sums(figures: Figures, what: str, record: Mapping[str, Any], goal: str) -> None:
    for said in record["diagnostics"]:
        if said["code"] == "versions_sum":
            found = said["message"].rpartition("at most ")[2].partition(" dBFS")[0]
            figures.figure(what, float(found), "dBFS", goal)


def _rendered(text: str, song: _Song, place: Path) -> tuple[dict[str, Any], Usage]:
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
