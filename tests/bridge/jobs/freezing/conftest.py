"""A song whose plugins are on this machine, or are not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app

RATE_HZ, FRAMES = 8000, 6000
CHAIN = """\
schema = 1
name = "frozen"
[[group]]
id = "vocals"
stems = ["vox*"]
gain_db = -1.0
sends = { plate = -12.0 }
  [[group.insert]]
  id = "tone"
  use = "eq"
  bands = [{ shape = "bell", hz = 3000, gain_db = 2 }]
  [[group.insert]]
  id = "warm"
  use = "plugin"
  plugin = "Fixture Gain"
  [[group.insert]]
  id = "after"
  use = "gain"
  gain_db = -0.5
[[group]]
id = "music"
stems = ["*"]
  [[group.insert]]
  id = "half"
  use = "plugin"
  plugin = "Fixture Latency"
  mix = 0.5
[[return]]
id = "plate"
  [[return.insert]]
  use = "eq"
  bands = [{ shape = "bell", hz = 500, gain_db = -2 }]
[target]
integrated_lufs = -16.0
[[version]]
id = "dry"
mute = ["vocals"]
[[version]]
id = "thin"
mute = ["stem:pad"]
"""


@dataclass
class Song:
    """A job's folder, and where the plugins of its chain lie when they are here."""

    folder: Path
    plugins: Path
    empty: Path
    run: Callable[..., Any]
    patch: pytest.MonkeyPatch

    def here(self, folder: Path | None = None) -> None:
        """Find plugins in `folder`, else in the song's own."""
        self.patch.setenv("STEMWRIGHT_PLUGIN_PATH", str(folder or self.plugins))

    def gone(self, store: str = "another store") -> None:
        """Another machine: no plugins, an empty store."""
        self.here(self.empty)
        self.patch.setenv("STEMWRIGHT_STORE", str(self.folder.parent / store))

    def edit(self, was: str, now: str) -> None:
        """Change the chain."""
        path = self.folder / "chain.toml"
        text = path.read_text()
        assert was in text
        path.write_text(text.replace(was, now, 1))

    def render(self, *words: object) -> dict[str, Any]:
        """Render the draft; return render.json."""
        said = self.run(
            "render", self.folder, "--excerpt", "--subtype", "float32", "--json", *words
        )
        assert said.code == 0, said.err + said.out
        return json.loads(said.out)

    def refused(self, *words: object) -> tuple[int, list[dict[str, Any]]]:
        """The exit code and the problems of a render that is refused."""
        said = self.run(
            "render", self.folder, "--excerpt", "--subtype", "float32", "--json", *words
        )
        assert said.code != 0
        return said.code, json.loads(said.out)["errors"]

    def masters(self, folder: Path | None = None) -> dict[str, bytes]:
        """The samples of the draft's masters, or of another folder's."""
        found = sorted((folder or self.folder / "draft").glob("*.wav"))
        return {path.name: soundfile.read(path, dtype="float64")[0].tobytes() for path in found}


def notes(record: dict[str, Any], code: str) -> dict[str, str]:
    """The messages of a record's diagnostics of one code, by where they are."""
    return {
        each["where"]: each["message"] for each in record["diagnostics"] if each["code"] == code
    }


@pytest.fixture
def song(
    tmp_path: Path,
    command_line: Callable[..., Any],
    fixture_plugins: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> Song:
    """A job of three short stems, not rendered yet, with its plugins here."""
    folder, plugins, empty = (tmp_path / name for name in ("song", "plugins", "none"))
    for each in (folder / "stems", plugins, empty):
        each.mkdir(parents=True)
    for kind in ("gain", "latency"):
        bundle = fixture_plugins(kind)
        shutil.copytree(bundle, plugins / bundle.name)
    for seed, name in enumerate(["vox", "keys", "pad"]):
        samples = 0.05 * np.random.default_rng(seed).standard_normal((FRAMES, 2))
        soundfile.write(folder / "stems" / f"{name}.wav", samples, RATE_HZ, "PCM_24")
    (folder / "chain.toml").write_text(CHAIN)
    (folder / "job.toml").write_text('schema = 1\nchain = "chain.toml"\nstems = "stems"\n')
    made = Song(folder, plugins, empty, command_line(app), monkeypatch)
    made.here()
    return made


@pytest.fixture
def frozen(song: Song, made_once: Callable[..., None]) -> Song:
    """The song, rendered and frozen, on a machine that has nothing of it but its folder."""

    def make() -> None:
        song.render()
        assert song.run("freeze", song.folder).code == 0

    made_once("a frozen song", song.folder, make)
    song.gone()
    return song
