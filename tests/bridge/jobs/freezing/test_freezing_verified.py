"""A frozen revision verifies where its plugins are not, and says what stood in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bridge.jobs.freezing.conftest import Song

STOOD_IN = ["music/half", "vocals/warm"]


@pytest.fixture
def sent(song: Song, made_once: Callable[..., None]) -> Song:
    """The song, sent and frozen, with its plugins here."""

    def make() -> None:
        song.render()
        assert song.run("send", song.folder, "--words", "first", "--freeze").code == 0

    made_once("a frozen revision", song.folder, make)
    return song


def verified(song: Song, *words: object) -> tuple[int, dict[str, Any]]:
    said = song.run("verify", song.folder, "r0", "--json", *words)
    return said.code, json.loads(said.out)


def stood_in(told: dict[str, Any]) -> list[str]:
    return sorted(each["where"] for each in told["stood_in"])


def test_without_plugins_frozen_audio_stands_in_and_is_told(sent: Song) -> None:
    sent.gone()
    code, told = verified(sent)
    assert (code, told["verdict"], stood_in(told), told["lock"]) == (0, "exact", STOOD_IN, [])
    said = sent.run("verify", sent.folder, "r0")
    assert said.code == 0
    assert "vocals/warm: Fixture Gain is not installed here; its frozen audio of r0" in said.out
    assert "exact: main exact" in said.out


@pytest.mark.parametrize("word", ["--no-frozen", "--plugins"])
def test_where_it_may_not_the_missing_plugin_is_told(sent: Song, word: str) -> None:
    sent.gone()
    words = [word] if word == "--no-frozen" else [word, sent.empty]
    code, told = verified(sent, *words)
    assert code == 3
    assert {each["kind"] for each in told["errors"]} == {"plugin_not_found"}


def test_with_its_plugins_they_play(sent: Song) -> None:
    code, told = verified(sent)
    assert (code, told["verdict"], "stood_in" in told) == (0, "exact", False)
    code, told = verified(sent, "--frozen")
    assert (code, told["verdict"], stood_in(told)) == (0, "exact", STOOD_IN)


def test_another_build_is_heard_unless_it_is_asked_not_to_play(
    sent: Song, fixture_plugins: Callable[..., Path]
) -> None:
    bundle = fixture_plugins("gain", 0.5)
    shutil.rmtree(sent.plugins / bundle.name)
    shutil.copytree(bundle, sent.plugins / bundle.name)
    code, told = verified(sent)
    assert (code, told["first"]["step"]) == (1, "vocals/warm")
    code, told = verified(sent, "--frozen")
    assert (code, told["verdict"], stood_in(told)) == (0, "exact", STOOD_IN)


def test_damaged_frozen_audio_is_not_used(sent: Song) -> None:
    sent.gone()
    for audio in (sent.folder / "frozen/audio").iterdir():
        audio.write_bytes(audio.read_bytes()[:-1] + b"x")
    code, told = verified(sent)
    assert code == 2
    assert {each["kind"] for each in told["errors"]} == {"frozen_damaged"}


def test_a_folder_is_no_job(sent: Song) -> None:
    said = sent.run("verify", sent.folder / "revisions/r0", "--frozen")
    assert (said.code, "name the job" in said.err) == (2, True)
