"""`stemwright check`: what it prints, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

pytestmark = pytest.mark.usefixtures("crew_kept")

CHAIN = """schema = 1
[[group]]
id = "all"
stems = ["*"]
"""


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


@pytest.fixture
def song(tmp_path: Path, run: Callable[..., Any]) -> Path:
    """A job of two stems, one of them dead on its right side."""
    stems = tmp_path / "Night Drive" / "stems"
    stems.mkdir(parents=True)
    dice = np.random.default_rng(1)
    for name in ("bass", "pad"):
        noise = 0.1 * dice.standard_normal((40000, 2)) * np.hanning(40000)[:, None]
        noise[:, 1] *= name != "pad"
        soundfile.write(stems / f"{name}.wav", noise, 48000, subtype="PCM_24")
    (tmp_path / "chain.toml").write_text(CHAIN)
    folder = tmp_path / "song"
    assert run("job", "new", stems, "--chain", tmp_path / "chain.toml", "-o", folder).code == 0
    return folder


def test_what_is_meant_is_accepted_until_the_stem_is_another(
    song: Path, run: Callable[..., Any]
) -> None:
    found = json.loads(run("check", song, "--json").out)
    (told,) = next(each["findings"] for each in found["stems"] if each["id"] == "pad")
    assert (told["code"], told["accepted"]) == ("dead_channel", None)
    assert run("check", song, "--accept", told["id"]).code == 2
    wrong = run("check", song, "--accept", told["id"][:-1], "--why", "x")
    assert wrong.code == 2
    assert told["id"] in wrong.err
    before = (song / "job.toml").read_text()
    done = run("check", song, "--accept", told["id"], "--why", "hard left, as on the demo")
    assert done.code == 0
    assert "2 stems checked: 0 major, 0 minor, 1 of 1 accepted" in done.out
    assert (song / "job.toml").read_text().startswith(before.rstrip())
    again = json.loads(run("check", song, "--json").out)
    (kept,) = next(each["findings"] for each in again["stems"] if each["id"] == "pad")
    assert kept["accepted"] == "hard left, as on the demo"
    pad = song.parent / "Night Drive" / "stems" / "pad.wav"
    samples, rate_hz = soundfile.read(pad)
    soundfile.write(pad, samples * 0.5, rate_hz, subtype="PCM_24")
    assert run("check", song).code == 1


def test_a_rough_mix_that_cannot_be_read_is_told_and_the_stems_are_checked(
    song: Path, run: Callable[..., Any]
) -> None:
    rough = song / "rough.wav"
    rough.write_bytes(b"RIFF but no sound")
    job = song / "job.toml"
    job.write_text(job.read_text().replace("schema = 1\n", 'schema = 1\nrough = "rough.wav"\n', 1))
    said = run("check", song, "--json")
    found = {each["id"]: each["findings"] for each in json.loads(said.out)["stems"]}
    assert said.code == 1
    assert [each["code"] for each in found["rough"]] == ["undecodable"]
    assert [each["code"] for each in found["pad"]] == ["dead_channel"]


def test_of_a_job_whose_every_stem_is_broken_that_is_what_is_found(
    song: Path, run: Callable[..., Any]
) -> None:
    for stem in (song.parent / "Night Drive" / "stems").glob("*.wav"):
        stem.write_bytes(b"RIFF but no sound")
    said = run("check", song, "--json")
    found = {code["code"] for each in json.loads(said.out)["stems"] for code in each["findings"]}
    assert (said.code, found) == (1, {"undecodable"})


def test_only_a_job_accepts(tmp_path: Path, run: Callable[..., Any]) -> None:
    soundfile.write(tmp_path / "silent.wav", np.zeros(3000), 48000)
    said = run("check", tmp_path, "--accept", "silent-1", "--why", "x")
    assert said.code == 2
    assert "job new" in said.err


@pytest.mark.parametrize("given", [("", "--why", "x"), ("--why", "x"), ("-m",)])
def test_accepting_nothing_is_told_as_that(
    song: Path, run: Callable[..., Any], given: tuple[str, ...]
) -> None:
    said = run("check", song, "--accept", *given)
    assert said.code == 2
    assert "--accept needs the id of a finding" in said.err


def test_the_mail_has_a_line_a_stem_and_nothing_that_is_accepted(
    song: Path, run: Callable[..., Any]
) -> None:
    mail = run("check", song, "--message").out
    assert "Night Drive" in mail
    lines = [line for line in mail.splitlines() if line.startswith("- ")]
    assert len(lines) == 1
    assert lines[0].startswith("- pad: one side is silent.")
    assert "eine Seite ist stumm" in run("check", song, "--message", "--language", "de").out
    (told,) = [
        each["id"]
        for stem in json.loads(run("check", song, "--json").out)["stems"]
        for each in stem["findings"]
    ]
    run("check", song, "--accept", told, "--why", "meant")
    assert "They are all fine" in run("check", song, "--message").out


def test_a_template_of_ones_own_is_held_to_what_a_mail_needs(
    song: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text('greeting = "Hi"\n[ded_channel]\nwrong = "{what}"\nagain = "x"\n')
    said = run("check", song, "--message", "--language", own)
    assert said.code == 2
    for word in ("opening", "closing", "nothing", "also", "dead_channel"):
        assert word in said.err
    assert run("check", song, "--message", "--language", "fr").code == 2
    own.write_text(
        'greeting = "Hi"\nopening = "o"\nclosing = "c"\nnothing = "n"\n'
        'unexplained = "u"\nalso = ", "\n'
        '[dead_channel]\nwrong = "half of it"\nagain = "Again."\n'
    )
    assert "- pad: half of it. Again." in run("check", song, "--message", "--language", own).out


def test_a_new_job_says_what_is_quickly_found(
    song: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    stems, chain = song.parent / "Night Drive" / "stems", tmp_path / "chain.toml"
    words = ("job", "new", stems, "--chain", chain, "-o", tmp_path / "other")
    said = run(*words, "--dry-run")
    assert said.code == 0
    assert "warning: pad: nothing sounds on its right side (dead_channel)" in said.err
    assert "dead_channel" not in run(*words, "--dry-run", "--no-check").err
    (told,) = json.loads(run(*words, "--json").out)["findings"]
    assert (told["code"], told["stems"]) == ("dead_channel", ["pad"])


def test_a_page_replaces_a_page_of_ours_and_no_other_file(
    song: Path, run: Callable[..., Any]
) -> None:
    page = song.parent / "check.html"
    said = run("check", song, "--page", page)
    assert said.code == 1
    assert "check.html" in said.err
    first = page.read_bytes()
    assert b"Night Drive" in first
    assert b"dead_channel-" in first
    assert run("check", song, "--page", page, "--json").code == 1
    assert page.read_bytes() == first
    for name, content in (("notes.html", "<p>mine</p>"), ("notes.txt", "mine")):
        other = song.parent / name
        other.write_text(content)
        refused = run("check", song, "--page", other)
        assert (refused.code, other.read_text()) == (2, content)
    stem = song.parent / "Night Drive" / "stems" / "pad.wav"
    before = stem.read_bytes()
    refused = run("check", song, "--page", stem)
    assert refused.code == 2
    assert "such as check.html" in refused.err
    assert stem.read_bytes() == before
    (song / "drafts").mkdir(exist_ok=True)
    assert run("check", song, "--page", song / "drafts" / "check.html").code == 2
    assert run("check", song, "--page", song.parent / "nowhere" / "check.html").code == 2
