"""`stemwright check`: what it prints, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile


def test_what_is_found_is_told_and_ends_with_1(tmp_path: Path, run: Callable[..., Any]) -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal((30000, 2))
    soundfile.write(tmp_path / "silent.wav", np.zeros(30000), 48000, subtype="FLOAT")
    soundfile.write(tmp_path / "bass.wav", noise, 48000, subtype="FLOAT")
    said = run("check", tmp_path)
    assert said.code == 1
    assert "nothing sounds" in said.out
    assert run("check", tmp_path, "--fail-on", "never").code == 0
    assert run("check", tmp_path, "--fail-on", "awful").code == 2
    assert run("check").code == 2
    assert "duplicate" in run("check", "--codes").out
