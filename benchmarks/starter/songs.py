"""The songs of the figures, and the command line over them, each run a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.songs import DATA
from benchmarks.usage import Memory, Usage
from bridge.demo import write_song

_OF_THE_DATA = ("caesium", "potassium", "crunkdemo-lmms")


@dataclass(frozen=True)
class Ran:
    """What a command told as JSON, its exit code, what it used; the memory where it was watched."""

    told: dict[str, Any]
    code: int
    used: Usage
    peak_bytes: int


def songs(place: Path) -> dict[str, Path]:
    """Folders of stems by song: those of the test material that are here, and the demo."""
    write_song(place / "demo stems")
    there = {name: DATA / "stems" / name for name in _OF_THE_DATA}
    return {
        **{name: folder for name, folder in there.items() if folder.is_dir()},
        "demo": place / "demo stems",
    }


def command(store: Path, *words: object, watched: bool = False) -> Ran:
    """Run `stemwright` with a store of its own; memory is looked at only where it is `watched`."""
    run = [sys.executable, "-m", "stemwright", *map(str, words), "--json"]
    environ = {**os.environ, "STEMWRIGHT_STORE": str(store)}
    start = Usage.now()
    process = subprocess.Popen(
        run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ, text=True
    )
    if not watched:
        said, faults = process.communicate()
        peak_bytes = 0
    else:
        with Memory(process.pid) as memory:
            said, faults = process.communicate()
        peak_bytes = memory.peak_bytes
    if not said:
        raise RuntimeError(f"{' '.join(run)}: {faults.strip()}")
    return Ran(json.loads(said), process.returncode, Usage.now().since(start), peak_bytes)
