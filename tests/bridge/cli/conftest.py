"""The command line in this process: arguments in, exit code, stdout and stderr out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app


@pytest.fixture
def run(command_line: Callable[..., Any]) -> Callable[..., Any]:
    """Run `stemwright`; return its exit code, stdout and stderr as code, out and err."""
    return command_line(app)


@pytest.fixture
def stems(tmp_path: Path) -> Path:
    """A folder with three seeded stems of one second."""
    folder = tmp_path / "stems"
    folder.mkdir()
    for seed, name in enumerate(["kick", "bass", "lead vox"]):
        rng = np.random.default_rng(seed)
        samples = 0.05 * rng.standard_normal((48000, 2))
        soundfile.write(folder / f"{name}.wav", samples, 48000, "PCM_24")
    return folder


@pytest.fixture
def chain(tmp_path: Path) -> Callable[[str], Path]:
    """Write a chain file; its first line is `schema = 1`."""

    def write(text: str, name: str = "chain.toml") -> Path:
        path = tmp_path / name
        path.write_text("schema = 1\n" + text, encoding="utf-8")
        return path

    return write
