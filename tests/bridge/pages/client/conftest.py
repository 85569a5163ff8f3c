"""A song of two seconds that was sent once, with a rough mix and a reference beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.gathering import Silent
from bridge.jobs import load_job
from bridge.jobs.revisions import send
from bridge.road import Inputs, Work, check_draft, render_master

CHAIN = """\
schema = 1
name = "small"
[[group]]
id = "vocals"
stems = ["vox*"]
[[group]]
id = "music"
stems = ["*"]
[target]
integrated_lufs = -20.0
"""
JOB = """\
schema = 1
title = "Riverside </script> Drive"
artist = "The <Example>"
chain = "../chain.toml"
stems = "stems"
rough = "rough.wav"
references = ["other song.wav"]
"""


def _render(folder: Path) -> None:
    given = Inputs((), folder, store=folder.parent / "the store").of_job(load_job(folder))
    render_master(Work(given, folder / "draft", short_page=True), Silent())


def _send(folder: Path, words: str) -> None:
    given = Inputs((), folder, store=folder.parent / "the store")
    send(folder, words, lambda song: check_draft(given, song, Silent()), who="Eve")


@pytest.fixture
def rendered() -> Callable[[Path], None]:
    """Render a job's draft."""
    return _render


@pytest.fixture
def sent() -> Callable[[Path, str], None]:
    """Send a job's draft with these words."""
    return _send


@pytest.fixture(scope="session")
def sent_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("client")
    folder = place / "song"
    (folder / "stems").mkdir(parents=True)
    for seed, name in enumerate(("stems/vox", "stems/keys", "rough", "other song")):
        level = 0.05 * (1 + seed)
        noise = level * np.random.default_rng(seed).standard_normal((2 * 48000, 2))
        soundfile.write(folder / f"{name}.wav", np.clip(noise, -1, 1), 48000, "PCM_24")
    (place / "chain.toml").write_text(CHAIN, encoding="utf-8")
    (folder / "job.toml").write_text(JOB, encoding="utf-8")
    _render(folder)
    _send(folder, "First mix & <i>more</i>")
    return place


@pytest.fixture
def song(sent_once: Path, tmp_path: Path) -> Path:
    """The job's folder; `the store` beside it holds what was rendered."""
    shutil.copytree(sent_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "song"
