"""A disk that is full: told as such, with the target, and nothing left behind.

No disk here need be full: the system refuses a process to let a file grow beyond RLIMIT_FSIZE.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
from bridge.cli.app import app
from bridge.cli.telling import run_told
sys.exit(run_told(app, sys.argv[2:]))
"""
_LIMIT_BYTES = 100_000

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_FSIZE")


def told(tmp_path: Path, *words: object, limit: int = _LIMIT_BYTES) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON of a command no file of which may exceed `limit` bytes."""
    (tmp_path / "scratch").mkdir(exist_ok=True)
    done = subprocess.run(  # this interpreter, on arguments made here
        [sys.executable, "-c", _LIMITED, str(limit), *map(str, words), "--json"],
        env={**os.environ, "TMPDIR": str(tmp_path / "scratch")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, json.loads(done.stdout)


def stems(tmp_path: Path, *names: str, channels: int = 2) -> Path:
    folder = tmp_path / "stems"
    folder.mkdir()
    for seed, name in enumerate(names):
        noise = np.random.default_rng(seed).uniform(-0.5, 0.5, (48000, channels))
        soundfile.write(folder / f"{name}.wav", noise, 48000, "PCM_24")
    return folder


@pytest.mark.parametrize("name", ["song.dawproject", "song.rpp"])
def test_a_full_disk_is_told_as_such_with_the_target(tmp_path: Path, name: str) -> None:
    target = tmp_path / "out" / name
    store = tmp_path / "store"
    source = stems(tmp_path, "kick", "bass")
    code, said = told(tmp_path, "export", source, "-o", target, "--audio", "copy", "--store", store)
    (problem,) = said["errors"]
    assert (code, problem["kind"]) == (3, "disk_full")
    assert problem["where"] == {"file": str(target)}
    assert "free some space" in problem["hint"]
    assert list(target.parent.iterdir()) == []


def test_a_full_temporary_folder_is_not_called_an_unreadable_stem(tmp_path: Path) -> None:
    target = tmp_path / "out" / "song.rpp"
    source = stems(tmp_path, "keys.L", "keys.R", channels=1)
    code, said = told(tmp_path, "export", source, "-o", target, "--store", tmp_path / "store")
    (problem,) = said["errors"]
    assert (code, problem["kind"]) == (3, "disk_full")
    assert problem["where"] == {"file": str(tmp_path / "scratch")}
    assert not target.parent.exists()


def test_a_chain_without_space_takes_its_states_back(tmp_path: Path) -> None:
    presets = tmp_path / "presets"
    presets.mkdir()
    for name, size in (("1 small.fxp", 100), ("2 large.fxp", 3000)):
        (presets / name).write_bytes(fxp(bytes(size)))
    chain = tmp_path / "new" / "chain.toml"
    code, said = told(tmp_path, "capture", "--presets", presets, "-o", chain, limit=2000)
    (problem,) = said["errors"]
    assert (code, problem["kind"]) == (3, "disk_full")
    assert problem["where"] == {"file": str(chain)}
    assert not chain.parent.exists()


def fxp(chunk: bytes) -> bytes:
    """A VST2 preset that holds an opaque chunk (vstfxstore.h)."""
    body = b"FPCh" + (1).to_bytes(4, "big") + b"abcd" + (1).to_bytes(4, "big")
    body += (0).to_bytes(4, "big") + bytes(28) + len(chunk).to_bytes(4, "big") + chunk
    return b"CcnK" + len(body).to_bytes(4, "big") + body
