"""Songs with a rough mix whose faders are known, as jobs with a group for each stem."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.balance.buses import Bus
from benchmarks.songs import DATA
from bridge.demo import write_song
from stemwright.values import dataclass

_REACH_DB = 6.0
_MIXES = ("mixdown-sum", "reference-master", "_premaster_mix")
"""What lies beside the shared songs' stems and is none."""
SHARED = ("caesium", "potassium", "crunkdemo-lmms")


@dataclass(frozen=True)
class Song:
    """Stems by the ids of the groups that hold them, one each."""

    name: str
    stems: Mapping[str, Path]

    def chain(self, faders_db: Mapping[str, float], bus: str = "") -> str:
        """The text of a chain with these faders and this master bus."""
        groups = (
            f'[[group]]\nid = "{group}"\nstems = [{json.dumps(path.stem)}]\n'
            f"gain_db = {faders_db.get(group, 0.0)}\n"
            for group, path in self.stems.items()
        )
        return 'schema = 1\nname = "rough"\n' + "".join(groups) + bus

    def faders_db(self, bus: Bus) -> dict[str, float]:
        """The faders of its rough mix through a bus, up to 6 dB from one another's middle."""
        dice = random.Random(f"balance {self.name} {bus.name}")  # noqa: S311 - repeatable
        return {group: round(dice.uniform(-_REACH_DB, _REACH_DB), 2) for group in self.stems}


def songs(place: Path) -> Iterator[Song]:
    """The demo, and the shared songs that are there."""
    yield _song("demo", write_song(place / "demo"))
    for name in SHARED:
        paths = sorted((DATA / "stems" / name).glob("*.flac"))
        if paths:
            yield _song(name, [path for path in paths if path.stem not in _MIXES])


def _song(name: str, paths: Any) -> Song:
    return Song(name, {f"g{number}": path for number, path in enumerate(paths, 1)})


def run(words: list[str], store: Path) -> dict[str, Any]:
    """What a command prints as JSON. Raises CalledProcessError."""
    command = [sys.executable, "-m", "stemwright", *words, "--json"]
    environ = {**os.environ, "STEMWRIGHT_STORE": str(store)}
    done = subprocess.run(command, check=False, capture_output=True, env=environ, text=True)
    if done.returncode not in (0, 1) or not done.stdout:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def job_of(song: Song, rough: Path, place: Path) -> Path:
    """A job of a song whose faders all stand at 0 dB."""
    place.mkdir()
    (place / "chain.toml").write_text(song.chain({}), encoding="utf-8")
    stems = json.dumps([str(path) for path in song.stems.values()])
    told = f'schema = 1\nchain = "chain.toml"\nstems = {stems}\nrough = {json.dumps(str(rough))}\n'
    (place / "job.toml").write_text(told, encoding="utf-8")
    return place


def rough_of(song: Song, bus: Bus, place: Path, store: Path) -> Path:
    """Render the song with its faders through a bus."""
    chain = place / "rough.toml"
    chain.write_text(song.chain(song.faders_db(bus), bus.inserts), encoding="utf-8")
    stems = [str(path) for path in song.stems.values()]
    run(
        [
            "render",
            *stems,
            str(chain),
            "-o",
            str(place / "rough"),
            "--subtype",
            "float32",
            "--excerpt",
        ],
        store,
    )
    return place / "rough" / "main.wav"
