"""The history says what is frozen, and what was to be frozen and is not."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from bridge.jobs.revisions import send
from stemwright.problems import MachineError, Problem
from tests.bridge.jobs.freezing.conftest import Song

STEPS = 3


def history(song: Song) -> tuple[int, list[Any], list[str]]:
    """Exit code, what is frozen of each revision, and the kinds of the problems."""
    said = song.run("history", song.folder, "--json")
    told = json.loads(said.out)
    kinds = [each["kind"] for each in told["problems"]]
    return said.code, [row["frozen"] for row in told["revisions"]], kinds


def test_what_is_frozen_is_told(song: Song) -> None:
    song.render()
    assert song.run("send", song.folder, "--words", "first").code == 0
    assert song.run("send", song.folder, "--words", "second", "--freeze").code == 0
    code, frozen, kinds = history(song)
    taken = sum(path.stat().st_size for path in (song.folder / "frozen/audio").iterdir())
    assert (code, kinds) == (0, [])
    assert frozen == [None, {"steps": STEPS, "bytes": taken}]
    table = csv.DictReader(song.run("history", song.folder, "--csv").out.splitlines())
    assert [row["frozen"] for row in table] == ["no", "yes"]
    assert f"{taken / 1e6:.1f} MB" in song.run("history", song.folder).out


@pytest.mark.parametrize("what", ["gone", "damaged"])
def test_frozen_audio_that_is_not_what_was_frozen_is_told(song: Song, what: str) -> None:
    song.render()
    assert song.run("send", song.folder, "--words", "first", "--freeze").code == 0
    audio = sorted((song.folder / "frozen/audio").iterdir())[0]
    if what == "gone":
        audio.unlink()
    else:
        audio.write_bytes(audio.read_bytes()[:-1] + b"x")
    assert history(song) == (1, [None], ["frozen_damaged", "not_frozen"])
    said = song.run("history", song.folder)
    assert f"is {what}" in said.err
    assert f"stemwright freeze {song.folder} r0" in said.err
    assert song.run("freeze", song.folder, "r0").code == 0
    assert history(song)[0] == 0


def test_a_send_that_ended_before_it_froze_is_told(song: Song) -> None:
    """As it lies when the process was killed between the two."""
    song.render()
    send(song.folder, "first", lambda _: None, freeze=True)
    assert history(song) == (1, [None], ["not_frozen"])
    said = song.run("send", song.folder, "--words", "second")
    assert said.code == 0
    assert "r0 was sent to be frozen, and is not" in said.err
    assert song.run("freeze", song.folder, "r0").code == 0
    code, frozen, kinds = history(song)
    assert (code, kinds) == (0, [])
    assert [each is not None for each in frozen] == [True, False]


def test_a_send_that_cannot_freeze_says_how_to(song: Song, monkeypatch: pytest.MonkeyPatch) -> None:
    song.render()

    def full(*_: object, **__: object) -> None:
        raise MachineError(Problem("disk_full", "no space left"))

    monkeypatch.setattr("bridge.road.freeze", full)
    said = song.run("send", song.folder, "--words", "first", "--freeze")
    assert (said.code, said.out) == (3, f"{song.folder / 'revisions' / 'r0'}\n")
    assert f"r0 is sent, and not frozen yet: stemwright freeze {song.folder} r0" in said.err
    assert history(song) == (1, [None], ["not_frozen"])
