"""Finished songs to deliver."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told

CHAIN = """schema = 1
[[group]]
id = "drums"
stems = ["kick"]
[[group]]
id = "rest"
stems = ["*"]
[target]
integrated_lufs = -16.0
true_peak_dbtp = -1.0
[[version]]
id = "instrumental"
mute = ["drums"]
dynamics = "main"
"""


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished render of two stems of four and a half seconds."""
    place = tmp_path_factory.mktemp("song")
    _stems(place / "stems", 216000, 48000)
    (place / "chain.toml").write_text(CHAIN)
    _render(place, place / "store")
    return place


@pytest.fixture(scope="session")
def other(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A louder song of two seconds, which is limited, at another rate, in the first one's store."""
    place = tmp_path_factory.mktemp("other")
    _stems(place / "stems", 192000, 96000)
    (place / "chain.toml").write_text(CHAIN.replace("-16.0", "-7.0"))
    _render(place, finished / "store")
    return place


def _stems(folder: Path, frames: int, rate_hz: int) -> None:
    folder.mkdir()
    for seed, name in enumerate(("kick", "bass")):
        fade = np.minimum(1.0, np.minimum(np.arange(frames), frames - np.arange(frames)) / 4800)
        noise = np.random.default_rng(seed).normal(0.0, 0.05, (frames, 2)) * fade[:, None]
        soundfile.write(folder / f"{name}.wav", noise, rate_hz, "PCM_24")


def _render(song: Path, store: Path) -> None:
    words = [song / "stems", song / "chain.toml", "-o", song / "master", "--excerpt"]
    assert run_told(app, ["render", *map(str, words), "--store", str(store)]) == 0


@pytest.fixture
def deliver(run: Callable[..., Any], finished: Path) -> Callable[..., Any]:
    def call(*words: object) -> Any:
        return run("deliver", *words, "--store", finished / "store")

    return call
