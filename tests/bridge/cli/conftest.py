"""The command line in this process: arguments in, exit code, stdout and stderr out."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app


def plugin_insert(plugin: object, more: str = "") -> str:
    """A group's plugin, as a chain has it."""
    return f'  [[group.insert]]\n  use = "plugin"\n  plugin = "{plugin}"\n  {more}\n'


def two_groups(one: str) -> str:
    """The kick in a group with the inserts `one`, all else in another without."""
    return f'[[group]]\nid = "one"\nstems = ["kick"]\n{one}[[group]]\nid = "two"\nstems = ["*"]\n'


@pytest.fixture
def run(command_line: Callable[..., Any]) -> Callable[..., Any]:
    """Run `stemwright`; return its exit code, stdout and stderr as code, out and err."""
    return command_line(app)


@pytest.fixture
def stems(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with three seeded stems of one second.

    Their rate is 48 kHz, or what a module calls `STEMS_RATE_HZ`: half of it is half the work.
    """
    rate_hz = getattr(request.module, "STEMS_RATE_HZ", 48000)
    folder = tmp_path / "stems"
    folder.mkdir()
    for seed, name in enumerate(["kick", "bass", "lead vox"]):
        rng = np.random.default_rng(seed)
        samples = 0.05 * rng.standard_normal((rate_hz, 2))
        soundfile.write(folder / f"{name}.wav", samples, rate_hz, "PCM_24")
    return folder


@pytest.fixture
def chain(tmp_path: Path) -> Callable[[str], Path]:
    """Write a chain file; its first line is `schema = 1`."""

    def write(text: str, name: str = "chain.toml") -> Path:
        path = tmp_path / name
        path.write_text("schema = 1\n" + text, encoding="utf-8")
        return path

    return write


WHOLE_SONGS = os.environ.get("STEMWRIGHT_WHOLE_SONGS") == "1"


@pytest.fixture(scope="session")
def loudest_part(
    shared_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """Return a maker of folders with the loudest 5 s of a song's stems, or with all of them."""

    def cut(song: str) -> Path:
        whole = shared_data(f"stems/{song}")
        folder = tmp_path_factory.getbasetemp() / f"loudest part of {song}"
        if WHOLE_SONGS or folder.exists():
            return whole if WHOLE_SONGS else folder
        sound, rate_hz = soundfile.read(whole / "mixdown-sum.flac", always_2d=True)
        energy = np.add.reduceat(np.square(sound).sum(1), np.arange(0, len(sound), rate_hz))
        first = int(np.argmax(np.convolve(energy, np.ones(5), "valid"))) * rate_hz
        folder.mkdir()
        for stem in sorted(whole.glob("*.flac")):
            subtype = soundfile.info(stem).subtype
            part, _ = soundfile.read(stem, frames=5 * rate_hz, start=first)
            soundfile.write(folder / stem.name, part, rate_hz, subtype)
        return folder

    return cut
