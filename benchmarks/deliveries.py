"""What a whole delivery takes: one command from an approved job, beside the render of one master.

Every command runs in a process of its own, as a user's does. The single master is the same job
without versions, rendered over an empty store.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Figures, progress
from benchmarks.song import write_stems
from benchmarks.usage import Usage
from chains import LIBRARY

_PROFILES = ("streaming", "cd", "vinyl", "previews")
_VERSIONS = """
[[version]]
id = "instrumental"
mute = ["vocals"]
dynamics = "main"
[[version]]
id = "acapella"
only = ["vocals"]
dynamics = "main"
[[version]]
id = "tv-mix"
mute = ["stem:lead"]
dynamics = "main"
[[version]]
id = "stem"
stems = "mastered"
"""
_JOB = """schema = 1
title = "Song"
artist = "Ann"
chain = "chain.toml"
stems = {stems}
[metadata]
isrc = "GBAYE0601498"
catalog_number = "STEM 1"
[metadata.versions]
instrumental.isrc = "GBAYE0601499"
acapella.isrc = "GBAYE0601500"
tv-mix.isrc = "GBAYE0601501"
stem-drums.isrc = "GBAYE0601502"
stem-bass.isrc = "GBAYE0601503"
stem-music.isrc = "GBAYE0601504"
stem-vocals.isrc = "GBAYE0601505"
stem-fx.isrc = "GBAYE0601506"
"""


def deliveries(figures: Figures, folder: Path, seconds: int) -> None:
    """Deliver one song in every version for four recipients."""
    stems = folder / "delivered stems"
    write_stems(stems, seconds)
    text = (LIBRARY / "demo.toml").read_text(encoding="utf-8").partition("[[version]]")[0]
    single, song = (_job(folder / name, stems) for name in ("single", "song"))
    (single / "chain.toml").write_text(text, encoding="utf-8")
    (song / "chain.toml").write_text(text + _VERSIONS, encoding="utf-8")
    figures.title(f"a delivery of {seconds} s: {', '.join(_PROFILES)}, beside a single master")
    base, _ = _run(single, "render", str(single))
    figures.row("a single master", base)
    used, _ = _run(song, "render", str(song))
    figures.row("the master and its versions", used)
    _run(song, "send", str(song), "--words", "first")
    _run(song, "approve", str(song), "r0")
    profiles = [word for name in _PROFILES for word in ("--profile", name)]
    used, told = _run(song, "deliver", str(song), *profiles, "-o", str(folder / "delivery"))
    found = json.loads(told)
    figures.row(f"the delivery, {len(found['files'])} files", used)
    figures.figure("  of the single master's, wall", used.wall_s / base.wall_s, "x")
    figures.figure("  of the single master's, CPU", used.cpu_s / base.cpu_s, "x")


def _job(folder: Path, stems: Path) -> Path:
    folder.mkdir()
    (folder / "job.toml").write_text(_JOB.format(stems=json.dumps(str(stems))), encoding="utf-8")
    return folder


def _run(song: Path, *words: str) -> tuple[Usage, str]:
    """What a command used, and what it printed; a check that failed is no reason to stop."""
    progress(f"{words[0]} {song.name}")
    environ = {**os.environ, "STEMWRIGHT_STORE": str(song.parent / f"store of {song.name}")}
    start, command = Usage.now(), [sys.executable, "-m", "stemwright", *words, "--json"]
    done = subprocess.run(command, check=False, capture_output=True, env=environ, text=True)
    used = Usage.now().since(start)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return used, done.stdout
