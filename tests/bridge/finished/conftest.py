"""A song of built-ins alone, rendered once into a folder that tests may copy and damage."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told

RATE_HZ = 24_000
TINY_CHAIN = """schema = 1
name = "Tiny"
[[group]]
id = "all"
stems = ["*"]
trim_db = -1.5
sends = { hall = -12.0 }
[[group.insert]]
use = "gain"
gain_db = 2.0
[[return]]
id = "hall"
[target]
integrated_lufs = -16.0
true_peak_dbtp = -1.0
[[version]]
id = "less"
mute = ["stem:low"]
"""


@pytest.fixture(scope="session")
def tiny_song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sines of half a second in `stems`, their master in `out`, its store beside them."""
    place = tmp_path_factory.mktemp("tiny") / "Tiny song"
    (place / "stems").mkdir(parents=True)
    for name, hz in (("low", 200.0), ("high", 1000.0)):
        sine = 0.1 * np.sin(2 * np.pi * hz * np.arange(RATE_HZ // 2) / RATE_HZ)
        soundfile.write(place / "stems" / f"{name}.wav", sine, RATE_HZ, "PCM_24")
    (place / "chain.toml").write_text(TINY_CHAIN, encoding="utf-8")
    words = ["render", place / "stems", place / "chain.toml", "-o", place / "out", "--no-check"]
    assert run_told(app, [*map(str, words), "--store", str(place / "store")]) == 0
    return place


@pytest.fixture
def tiny_copy(tiny_song: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return shutil.copytree(tiny_song, tmp_path / "tiny")
