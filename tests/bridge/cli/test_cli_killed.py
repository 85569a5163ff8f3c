"""Killed at any moment, a render leaves nothing half-done, and the next one is equal to the bit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

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
MOMENTS = int(os.environ.get("STEMWRIGHT_KILLS", "2"))


def _start(stems: Path, text: Path, out: Path, store: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from bridge.cli import main; main()", "render", stems, text]
    command += ["-o", out, "--store", store, "--jobs", "2"]
    temporary = out.with_name(f"{out.name} temporary")
    temporary.mkdir(exist_ok=True)
    return subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(temporary)},
    )


def _leftovers(out: Path, store: Path) -> list[Path]:
    hidden = [path for path in out.rglob("*") if path.name.startswith(".")]
    temporary = out.with_name(f"{out.name} temporary")
    staged = [path for path in (store / "staging").iterdir() if path.name != "collecting"]
    return [*hidden, *staged, *temporary.iterdir()]


@pytest.mark.parametrize("victim", ["parent", "child"])
def test_the_next_render_after_a_kill_is_equal_and_clean(
    stems, chain, zam, tmp_path, victim: str
) -> None:
    zam("ZamCompX2")
    insert = '[[group.insert]]\nuse = "plugin"\nplugin = "ZamCompX2"\n'
    text = chain(TEXT.format(insert=insert))
    started = time.monotonic()
    calm = _start(stems, text, tmp_path / "calm", tmp_path / "calm store")
    assert calm.wait(timeout=120) == 0
    whole_s = time.monotonic() - started
    wanted = (tmp_path / "calm" / "main.wav").read_bytes()
    chance = np.random.default_rng(5)
    for moment in range(MOMENTS):
        out, store = tmp_path / f"out {moment}", tmp_path / f"store {moment}"
        render = _start(stems, text, out, store)
        time.sleep(chance.uniform(0.2, 1.0) * whole_s)
        _kill(render, victim)
        render.wait(timeout=120)
        if out.exists() and (out / "main.wav").exists():
            assert (out / "main.wav").read_bytes() == wanted
        assert _start(stems, text, out, store).wait(timeout=120) == 0
        assert (out / "main.wav").read_bytes() == wanted
        assert _leftovers(out, store) == []


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
