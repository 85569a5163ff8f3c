"""`cache gc` killed at any moment beside a render: the master is right, the store is whole."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told

Run = Callable[..., Any]
MOMENTS = int(os.environ.get("STEMWRIGHT_KILLS", "2"))
LONG_AGO = 1_000_000_000.0
CHAIN = """\
schema = 1
[[group]]
id = "low"
stems = ["kick", "bass"]
  [[group.insert]]
  use = "compressor"
[[group]]
id = "rest"
stems = ["*"]
  [[group.insert]]
  use = "eq"
  bands = [{ shape = "bell", hz = 3000, gain_db = 2 }]
[[master.insert]]
use = "compressor"
[target]
integrated_lufs = -20.0
"""


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A job with a draft that nobody disturbed, and the store it was made with."""
    place = tmp_path_factory.mktemp("collected")
    song, store = place / "song", place / "store"
    (song / "stems").mkdir(parents=True)
    for seed, name in enumerate(("kick", "bass", "lead vox")):
        samples = 0.05 * np.random.default_rng(seed).standard_normal((96000, 2))
        soundfile.write(song / "stems" / f"{name}.wav", samples, 48000, "PCM_24")
    (song / "chain.toml").write_text(CHAIN, encoding="utf-8")
    (song / "job.toml").write_text(
        'schema = 1\nchain = "chain.toml"\nstems = "stems"\n', encoding="utf-8"
    )
    assert run_told(app, ["render", str(song), "--excerpt", "--store", str(store)]) == 0
    return SimpleNamespace(song=song, store=store, main=(song / "draft" / "main.wav").read_bytes())


def _start(*words: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", "from bridge.cli import main; main()", *map(str, words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _age(store: Path) -> None:
    """Every entry was used long ago, so that a collection may take it."""
    for meta in store.glob("v1/*/*/meta.json"):
        os.utime(meta, (LONG_AGO, LONG_AGO))


def test_a_collection_killed_beside_a_render_leaves_both_right(
    run: Run, calm: SimpleNamespace, tmp_path: Path
) -> None:
    chance = np.random.default_rng(11)
    for moment in range(MOMENTS):
        store = Path(shutil.copytree(calm.store, tmp_path / f"store {moment}"))
        out = tmp_path / f"out {moment}"
        _age(store)
        words = ("render", calm.song, "-o", out, "--excerpt", "--store", store, "--jobs", 1)
        render = _start(*words)
        time.sleep(chance.uniform(0.0, 0.4))
        collection = _start("cache", "gc", "--yes", "--store", store)
        time.sleep(chance.uniform(0.1, 0.9))
        collection.kill()
        collection.wait(timeout=60)
        assert render.wait(timeout=120) == 0
        assert (out / "main.wav").read_bytes() == calm.main
        told = json.loads(run("cache", "verify", "--store", store, "--json").out)
        assert (told["damaged"], told["entries"] > 0) == ([], True)
        staged = [path.name for path in (store / "staging").iterdir()]
        assert [name for name in staged if name != "collecting"] == []


def test_a_job_needs_no_store(run: Run, calm: SimpleNamespace, tmp_path: Path) -> None:
    song = Path(shutil.copytree(calm.song, tmp_path / "song"))
    store = ("--store", Path(shutil.copytree(calm.store, tmp_path / "store")))
    assert run("send", song, "--words", "first mix", *store).code == 0
    before = run("history", song, "--json").out
    shutil.rmtree(store[1])
    verified = run("verify", song, "--json")
    assert (verified.code, json.loads(verified.out)["verdict"]) == (0, "exact"), verified
    history = run("history", song, "--json")
    assert (history.code, history.out) == (0, before)
    assert json.loads(history.out)["revisions"][0]["whole"] is True
    assert run("sheet", song, "r0", *store).code == 0
    assert run("render", song, "--excerpt", *store).code == 0
    sounds = [
        soundfile.read(each / "draft" / "main.wav", dtype="int32")[0] for each in (song, calm.song)
    ]
    assert np.array_equal(*sounds)
