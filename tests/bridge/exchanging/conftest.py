"""A song rendered with real plugins, once; and plugins to host by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told
from bridge.hosting import PrepareJob, host, scan
from bridge.plugins import Plugin, Wanted
from bridge.storing import Store

RATE_HZ = 48000

CHAIN = """schema = 1
name = "Round trip"

[[group]]
id = "Vocals"
stems = ["lead vox"]
trim_db = -1.5
gain_db = 2.25
sends = { plate = -18.5 }
  [[group.insert]]
  id = "squeeze"
  use = "plugin"
  plugin = "ZamCompX2"
  state = "states/squeeze.vstpreset"
  [[group.insert]]
  use = "eq"
  bands = [{ shape = "high_pass", hz = 80 }]
  [[group.insert]]
  id = "gate"
  use = "plugin"
  plugin = { name = "ZamGateX2", vendor = "Damien Zammit" }
  params = { "Threshold" = "-40" }
  mix = 0.75

[[group]]
id = "band"
stems = ["*"]

[[return]]
id = "plate"
gain_db = -3.0
  [[return.insert]]
  use = "reverb"

[master]
  [[master.insert]]
  id = "glue"
  use = "plugin"
  plugin = "ZamCompX2"
  params = { "Ratio" = "2", "Threshold" = "-12" }
  [[master.insert]]
  use = "limiter"

[target]
true_peak_dbtp = -1.0
"""


@dataclass
class Plugins:
    """Plugins scanned once, and prepared in children of their own."""

    find: Callable[[str], Path]
    known: dict[str, Plugin]

    def plugin(self, name: str) -> Plugin:
        if name not in self.known:
            (self.known[name],) = scan(
                [Wanted(path=self.find(name))], [], trusted=[self.find(name)]
            ).plugins
        return self.known[name]

    def preset(self, name: str, **params: str) -> bytes:
        """The state of a plugin set by hand."""
        wanted = tuple((key.replace("_", " "), text) for key, text in params.items())
        preset = host("dawdreamer").prepare(PrepareJob(self.plugin(name), params=wanted)).preset
        assert preset is not None
        return preset


@pytest.fixture(scope="session")
def scanned() -> dict[str, Plugin]:
    return {}


@pytest.fixture
def plugins(zam: Callable[[str], Path], scanned: dict[str, Plugin]) -> Plugins:
    return Plugins(zam, scanned)


@dataclass(frozen=True)
class Song:
    """A finished folder, its store, and how to run the command line on that store."""

    folder: Path
    stems: Path
    store: Store


@pytest.fixture(scope="session")
def song(zam: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Song:
    """Three stems of half a second, rendered through CHAIN with zam-plugins."""
    zam("ZamCompX2"), zam("ZamGateX2")
    top = tmp_path_factory.mktemp("song")
    stems, store = top / "stems", Store(top / "store")
    stems.mkdir()
    for seed, name in enumerate(["lead vox", "kick", "bass"]):
        noise = np.random.default_rng(seed).standard_normal((24000, 2))
        soundfile.write(stems / f"{name}.wav", 0.05 * noise, RATE_HZ, "PCM_24")
    made = Plugins(zam, {})
    (top / "states").mkdir()
    (top / "states" / "squeeze.vstpreset").write_bytes(
        made.preset("ZamCompX2", Threshold="-24", Ratio="4")
    )
    (top / "chain.toml").write_text(CHAIN, encoding="utf-8")
    words = ["render", stems, top / "chain.toml", "-o", top / "master", "--store", store.root]
    code = run_told(app, [str(word) for word in words])
    assert code in (0, 1)
    return Song(top / "master", stems, store)
