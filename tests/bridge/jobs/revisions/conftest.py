"""A song of three short stems with its job, rendered on the command line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.gathering import Silent
from bridge.jobs import load_job
from bridge.road import Inputs, Work, render_master

CHAIN = """\
schema = 1
name = "small"

[[group]]
id = "vocals"
stems = ["vox*"]
gain_db = -1.0

  [[group.insert]]
  id = "tone"
  use = "eq"
  bands = [{ shape = "bell", hz = 3000, gain_db = 2 }]

[[group]]
id = "music"
stems = ["*"]

[master]
  [[master.insert]]
  id = "last"
  use = "limiter"

[target]
integrated_lufs = -20.0

[[version]]
id = "instrumental"
mute = ["vocals"]
"""
JOB = """\
schema = 1
title = "Riverside Drive"   # as on the sleeve
chain = "../chain.toml"
stems = "stems"
revisions_included = 1

[group.vocals]
gain_db = 0.5               # she asked

[[section]]
name = "chorus 2"
from = 0.5
to = 1.0
"""


@pytest.fixture
def run(command_line: Callable[..., Any]) -> Callable[..., Any]:
    """Run `stemwright`; return its exit code, stdout and stderr as code, out and err."""
    call = command_line(app)

    def short(*words: object) -> Any:
        return call(*words, "--excerpt") if words[0] == "render" else call(*words)

    return short


@pytest.fixture(scope="session")
def rendered_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a chain, a job, and its draft, to be copied."""
    place = tmp_path_factory.mktemp("jobs")
    folder = place / "song"
    (folder / "stems").mkdir(parents=True)
    for seed, name in enumerate(("vox", "keys", "drums")):
        noise = 0.05 * np.random.default_rng(seed).standard_normal((2 * 48000, 2))
        soundfile.write(folder / "stems" / f"{name}.wav", noise, 48000, "PCM_24")
    (place / "chain.toml").write_text(CHAIN, encoding="utf-8")
    (folder / "job.toml").write_text(JOB, encoding="utf-8")
    given = Inputs((), folder, store=place / "the store").of_job(load_job(folder))
    render_master(Work(given, folder / "draft", short_page=True), Silent())
    return place


@pytest.fixture
def song(rendered_once: Path, tmp_path: Path) -> Path:
    """The job's folder, its draft rendered; the store holds what was rendered."""
    shutil.copytree(rendered_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "song"
