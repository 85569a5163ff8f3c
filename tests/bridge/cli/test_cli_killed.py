"""Killed at any moment, a render leaves nothing half-done, and the next one is equal to the bit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

pytestmark = pytest.mark.usefixtures("no_report")

TEXT = """
[[group]]
id = "low"
stems = ["kick", "bass"]
{insert}
[[group]]
id = "rest"
stems = ["*"]
  [[group.insert]]
  use = "compressor"
[target]
integrated_lufs = -20.0
"""
MOMENTS = int(os.environ.get("STEMWRIGHT_KILLS", "1"))


SOUND = ("kick", "bass", "lead vox")


@dataclass(frozen=True)
class Song:
    """Stems, a chain, the master an undisturbed render makes of them, and how long it takes."""

    stems: Path
    chain: Path
    main: bytes
    whole_s: float


@pytest.fixture(scope="module")
def song(zam, tmp_path_factory) -> Song:
    plugin = zam("ZamCompX2")  # by its path: a search by name loads all that is installed
    place = tmp_path_factory.mktemp("killed")
    stems, chain = place / "stems", place / "chain.toml"
    stems.mkdir()
    for seed, name in enumerate(SOUND):
        samples = 0.05 * np.random.default_rng(seed).standard_normal((48000, 2))
        soundfile.write(stems / f"{name}.wav", samples, 48000, "PCM_24")
    insert = f'[[group.insert]]\nuse = "plugin"\nplugin = "{plugin}"\n'
    chain.write_text("schema = 1\n" + TEXT.format(insert=insert), encoding="utf-8")
    started = time.monotonic()
    words = _words(stems, chain, place / "calm", place / "store")
    assert _start(words, place / "temporary").wait(timeout=120) == 0
    whole_s = time.monotonic() - started
    return Song(stems, chain, (place / "calm" / "main.wav").read_bytes(), whole_s)


def _words(stems: Path, chain: Path, out: Path, store: Path) -> list[str]:
    words = ["render", stems, chain, "-o", out, "--store", store, "--jobs", 2, "--excerpt"]
    return [str(word) for word in words]


def _start(words: list[str], temporary: Path) -> subprocess.Popen[bytes]:
    temporary.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", "from bridge.cli import main; main()", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(temporary)},
    )


def _leftovers(out: Path, store: Path, temporary: Path) -> list[Path]:
    hidden = [path for path in out.rglob("*") if path.name.startswith(".")]
    staged = [path for path in (store / "staging").iterdir() if path.name != "collecting"]
    return [*hidden, *staged, *temporary.iterdir()]


VICTIMS = ("parent", "child")


@pytest.mark.parametrize("victim", VICTIMS)
def test_the_next_render_after_a_kill_is_equal_and_clean(
    song, run, tmp_path, monkeypatch, victim: str
) -> None:
    chance = np.random.default_rng(VICTIMS.index(victim))  # each at moments of its own
    for moment in range(MOMENTS):
        out, store, temporary = (
            tmp_path / f"{what} {moment}" for what in ("out", "store", "temporary")
        )
        words = _words(song.stems, song.chain, out, store)
        render = _start(words, temporary)
        time.sleep(chance.uniform(0.2, 1.0) * song.whole_s)
        _kill(render, victim)
        render.wait(timeout=120)
        if out.exists() and (out / "main.wav").exists():
            assert (out / "main.wav").read_bytes() == song.main
        monkeypatch.setenv("TMPDIR", str(temporary))
        monkeypatch.setattr(tempfile, "tempdir", str(temporary))
        assert run(*words).code == 0
        assert (out / "main.wav").read_bytes() == song.main
        assert _leftovers(out, store, temporary) == []


def _kill(render: subprocess.Popen[bytes], victim: str) -> None:
    try:
        children = psutil.Process(render.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return
    if victim == "parent":
        render.kill()
    else:
        for child in children:
            os.kill(child.pid, signal.SIGKILL)
