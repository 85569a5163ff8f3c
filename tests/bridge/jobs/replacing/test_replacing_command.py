"""`stemwright replace`, as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bridge.cli.app import app
from tests.bridge.jobs.replacing.conftest import RATE_HZ, part

Run = Callable[..., Any]
Write = Callable[..., Path]


@pytest.fixture
def run(command_line: Callable[..., Any]) -> Run:
    """Run `stemwright`."""
    return command_line(app)


@pytest.fixture
def new(write: Write) -> Path:
    """The lead 137 samples late, 0.4 dB louder, with 400 ms of other sound from 1 s on."""
    samples = part(1)
    samples[RATE_HZ : RATE_HZ + 6400] = part(8)[RATE_HZ : RATE_HZ + 6400]
    return write("in/Lead Vox v2.wav", np.pad(samples, ((137, 0), (0, 0))) * 10**0.02)


def test_shift_gain_and_word_are_told_and_nothing_is_written(
    run: Run, song: Path, new: Path
) -> None:
    before = song.read_bytes()
    said = run("replace", song, new, "--align", "--dry-run")
    assert said.code == 0
    assert "137 samples late (8.56 ms), taken out" in said.out
    assert "+0.40 dB" in said.out
    assert "1.00-1.40 s" in said.out
    assert "nothing was written" in said.err
    assert song.read_bytes() == before
    assert not (song.parent / "replaced").exists()


def test_json_tells_the_same_and_where_it_lies(run: Run, song: Path, new: Path) -> None:
    said = run("replace", song.parent, new, "--align", "--yes", "--json")
    told = json.loads(said.out)
    (row,) = told["replaced"]
    assert (row["stem"], row["offset_frames"], row["taken_out_frames"]) == ("Lead Vox", 137.0, 137)
    assert row["gain_db"] == pytest.approx(0.4, abs=0.001)
    (span,) = row["differs"]
    assert (span["from_s"], span["to_s"]) == pytest.approx((1.0, 1.4), abs=0.05)
    assert told["written"] is True
    assert told["before"] == ["stems"]
    assert "replaced/1/Lead Vox.wav" in told["after"]
    assert (Path(told["set"]) / "replaced.json").is_file()


def test_nobody_to_ask_is_told(run: Run, song: Path, new: Path) -> None:
    said = run("replace", song, new)
    assert (said.code, "--yes" in said.err) == (2, True)
    assert run("replace", song).code == 2


def test_a_folder_of_new_files_with_strays_is_taken_and_told(
    run: Run, song: Path, new: Path, write: Write
) -> None:
    write("in/Audio 07.wav", part(9))
    said = run("replace", song, new.parent, "--yes")
    assert said.code == 0
    assert "Audio 07.wav is for no stem of this song, and is left out" in said.err
    assert str(song.parent / "replaced" / "1") in said.out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Lead Vox.wav", "replaced/1/Lead Vox.wav was edited since it was put there"),
        ("replaced.json", "replaced.json was edited"),
    ],
)
def test_a_new_file_that_was_edited_or_is_gone_is_told(
    run: Run, song: Path, new: Path, name: str, said: str
) -> None:
    assert run("replace", song, new, "--yes").code == 0
    assert run("history", song).code == 0
    path = song.parent / "replaced" / "1" / name
    path.write_bytes(path.read_bytes().replace(b"data" if name.endswith("wav") else b"1", b"2", 1))
    found = run("history", song)
    assert (found.code, said in found.err) == (1, True)
    path.unlink()
    found = run("history", song, "--json")
    problems = {each["kind"]: each["message"] for each in json.loads(found.out)["problems"]}
    assert problems["replaced_changed"] == f"replaced/1/{name} is gone"
