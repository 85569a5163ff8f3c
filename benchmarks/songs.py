"""What a change to a song costs: its steps and its time, as shares of the full render.

Every command runs in a process of its own, as a user's does. Drive and length are held, as they are
once a song was sent.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import soundfile

from benchmarks.figures import Figures, progress
from benchmarks.replacements import replacements
from benchmarks.usage import Rounds, Usage
from chains import LIBRARY

ROOT = Path(__file__).resolve().parent.parent
DATA = (ROOT / os.environ.get("STEMWRIGHT_TEST_DATA", "../shared")).resolve()
SONGS = ("caesium", "potassium")
CHAIN = "vocal-forward.toml"
GROUP = "vocals"
_STEM = "bgvox"
_FOUND, _HELD = "full render, the drive found", "full render, the drive held"
_GOALS = {"vocals +0.5 dB": "<= 25", "a ride of the vocals": "<= 25"}
_SUITES = (
    (
        "kill -9 at 40 random moments during send, restore, replace, freeze, gc",
        "STEMWRIGHT_KILLS=40 pytest tests/bridge/jobs tests/bridge/cli/test_cli_cache_killed.py"
        " -k killed",
    ),
    (
        "500 pairs of chain and job, their changes applied",
        "pytest tests/bridge/jobs/revisions/test_revisions_changes.py",
    ),
    ("rides to the sample", "pytest tests/bridge/jobs/test_jobs_rendering.py"),
    ("frozen songs without their plugins", "pytest tests/bridge/jobs/freezing"),
)
"""What is a law and no figure: its tests."""


def songs(figures: Figures, runs: int) -> None:
    """Change both songs of the test material, and replace every stem of it."""
    for name in SONGS:
        stems = DATA / "stems" / name
        if stems.is_dir():
            _song(figures, name, stems, runs)
        else:
            figures.left_out(name, f"there is no stems/{name} in STEMWRIGHT_TEST_DATA")
    replacements(figures, DATA / "stems")
    figures.title("laws, and the commands that hold them")
    for what, command in _SUITES:
        figures.columns(what, [])
        figures.columns("", [command])


@dataclass(frozen=True)
class _Song:
    """A job in a folder of its own, with a store beside it."""

    folder: Path
    store: Path

    @staticmethod
    def made(place: Path, stems: Path) -> _Song:
        song = _Song(place / "song", place / "store")
        song.folder.mkdir()
        (song.folder / "chain.toml").write_bytes((LIBRARY / CHAIN).read_bytes())
        told = f'schema = 1\nchain = "chain.toml"\nstems = {json.dumps(str(stems))}\n'
        song.job.write_text(told, encoding="utf-8")
        return song

    @property
    def job(self) -> Path:
        return self.folder / "job.toml"

    def run(self, *words: str, store: Path | None = None) -> tuple[dict[str, Any], Usage]:
        """What a command prints, and what it and all its children used."""
        command = [sys.executable, "-m", "stemwright", words[0], str(self.folder), *words[1:]]
        environ = {**os.environ, "STEMWRIGHT_STORE": str(store or self.store)}
        start = Usage.now()
        done = subprocess.run(
            [*command, "--json"], check=True, capture_output=True, env=environ, text=True
        )
        return json.loads(done.stdout), Usage.now().since(start)


def _song(figures: Figures, name: str, stems: Path, runs: int) -> None:
    rounds, told = Rounds(), dict[str, list[str]]()
    for number in range(runs):
        progress(f"{name}, round {number + 1} of {runs}")
        with tempfile.TemporaryDirectory(prefix="stemwright-song-") as place:
            for what, used, said in _round(_Song.made(Path(place), stems), stems, Path(place)):
                rounds.note(what, used)
                told[what] = said
    figures.title(f"{name}: a change after the first revision, chain {CHAIN}")
    for what, said in told.items():
        figures.rounds(what, rounds, what)
        if what not in (_FOUND, _HELD):
            share = 100 * rounds.ratio(what, _HELD)
            figures.figure("  of the full render, CPU", share, "%", _GOALS.get(what, ""))
            walls = rounds.median(what).wall_s, rounds.median(_HELD).wall_s
            figures.figure("  of the full render, wall", 100 * walls[0] / walls[1], "%")
        for line in said:
            figures.columns(f"  {line}", [])


def _round(song: _Song, stems: Path, place: Path) -> Iterator[tuple[str, Usage, list[str]]]:
    """Each render by name, what it used, and what it says."""
    first, used = song.run("render")
    yield _FOUND, used, [rendered_words(first)]
    song.run("send", "--words", "first")
    full, used = song.run("render", store=place / "another")
    yield _HELD, used, [rendered_words(full)]
    song.run("render")
    sent = song.job.read_text(encoding="utf-8")
    for what, change in _changes(song).items():
        song.job.write_text(f"{sent}\n{change}", encoding="utf-8")
        record, used = song.run("render")
        yield what, used, [rendered_words(record), others_words(full, record)]
    song.job.write_text(sent, encoding="utf-8")
    new = place / f"{_STEM} new.wav"
    samples, rate_hz = soundfile.read(stems / f"{_STEM}.flac")
    soundfile.write(new, 0.9 * samples, rate_hz, "PCM_24")
    song.run("replace", str(new), "--yes")
    record, used = song.run("render")
    yield "one replaced stem", used, [rendered_words(record), others_words(full, record)]


def _changes(song: _Song) -> Mapping[str, str]:
    from bridge.jobs import load_job

    chain = load_job(song.folder).chain
    group = next(each for each in chain.groups if each.id == GROUP)
    insert, last = group.inserts[0].id, chain.master[0].id
    ride = f'group = "{GROUP}"\nfrom = 8.0\nto = 12.0\ngain_db = 0.7'
    return {
        "vocals +0.5 dB": f"[group.{GROUP}]\ngain_db = {group.gain_db + 0.5}\n",
        "a ride of the vocals": f"[[ride]]\n{ride}\n",
        f"one insert: vocals/{insert}": f"[group.{GROUP}.insert.{insert}]\nmix = 0.9\n",
        f"a master insert: {last}": f"[master.insert.{last}]\nmix = 0.9\n",
    }


def rendered_words(record: Mapping[str, Any]) -> str:
    """Which steps were no longer in the store."""
    steps = [each["id"] for each in record["steps"] if not each["cached"]]
    return f"{len(steps)} of {len(record['steps'])} steps rendered: {', '.join(steps)}"


def others_words(full: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """Whether the steps of all other groups are the same by their hashes."""
    one, other = (dict(_keys(each)) for each in (full, record))
    same = sum(other.get(step) == key for step, key in one.items())
    return f"{same} of {len(one)} steps of the other groups have the same hash"


def _keys(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    groups = {each["id"] for each in record["groups"]} - {GROUP}
    for step in record["steps"]:
        if step["id"].partition("/")[0] in groups:
            yield step["id"], step["key"]
