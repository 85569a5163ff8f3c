"""Sending: the draft as it is, when it is what the job says, whole, and one at a time."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge.finished import read_lock
from bridge.jobs import load_job
from bridge.jobs.revisions import revisions_of, working_on

Run = Callable[..., Any]


def send(run: Run, song: Path, words: str = "first") -> Any:
    return run("send", song, "--words", words, "--who", "Ann")


def test_the_first_one_holds_drive_and_length(run: Run, song: Path) -> None:
    before = (song / "job.toml").read_text("utf-8")
    said = send(run, song)
    assert (said.code, said.out) == (0, f"{song / 'revisions' / 'r0'}\n")
    lock = read_lock(song / "draft")
    held = load_job(song).held
    assert held.drive_db == lock.drive_db
    assert held.tail_s == 1.0
    for line in before.splitlines():
        assert line in (song / "job.toml").read_text("utf-8").splitlines()
    kept = song / "revisions" / "r0" / "job-as-sent.toml"
    assert kept.read_bytes() == (song / "job.toml").read_bytes()
    assert {each.name for each in (song / "revisions").iterdir()} == {"r0", "sent.json"}


def test_a_revision_is_the_draft_and_verifies_where_it_lies(run: Run, song: Path) -> None:
    assert send(run, song).code == 0
    sent, draft = song / "revisions" / "r0", song / "draft"
    for name in ("main.wav", "instrumental.wav", "report.html", "chain.toml", "main.wav.json"):
        if (draft / name).exists():
            assert (sent / name).read_bytes() == (draft / name).read_bytes()
    assert read_lock(sent).sources[0].files[0].path == "../../stems/vox.wav"
    shutil.rmtree(draft)
    said = run("verify", sent)
    assert said.code == 0, said.err
    assert "exact: main exact" in said.out.splitlines()
    assert run("verify", song, "r0").out == said.out
    found = run("verify", song, "r1", "--quick")
    assert (found.code, 'no revision "r1"' in found.err) == (2, True)


def test_what_is_sent_again_is_the_next(run: Run, song: Path) -> None:
    assert [send(run, song, word).code for word in ("one", "two", "three")] == [0, 0, 0]
    records = [each.record for each in revisions_of(song)]
    assert [(each.revision, each.words, each.who) for each in records if each] == [
        ("r0", "one", "Ann"),
        ("r1", "two", "Ann"),
        ("r2", "three", "Ann"),
    ]
    assert all(each.is_whole for each in revisions_of(song))


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        ("gain_db = 0.5  ", "gain_db = 0.6  ", "fader"),
        (
            "[[section]]",
            '[[ride]]\ngroup = "vocals"\nfrom = 0.1\nto = 0.2\ngain_db = 1.0\n[[section]]',
            "ride",
        ),
        ("revisions_included", "drive_db = 1.5\nrevisions_included", "holds a drive of +1.500 dB"),
        ("[[section]]", "[target]\nintegrated_lufs = -21.0\n[[section]]", "target"),
    ],
)
def test_a_draft_of_another_time_is_not_sent(
    run: Run, song: Path, old: str, new: str, differs: str
) -> None:
    text = (song / "job.toml").read_text("utf-8").replace(old, new)
    (song / "job.toml").write_text(text, "utf-8")
    said = send(run, song)
    assert said.code == 2
    assert "not what the job says now" in said.err
    assert differs in said.err
    assert "render it first" in said.err
    assert not (song / "revisions").exists()
    assert (song / "job.toml").read_text("utf-8") == text


def test_once_it_is_rendered_it_is_sent(run: Run, song: Path) -> None:
    assert send(run, song).code == 0
    text = (song / "job.toml").read_text("utf-8").replace("gain_db = 0.5 ", "gain_db = 1.0 ")
    (song / "job.toml").write_text(text, "utf-8")
    assert send(run, song).code == 2
    assert run("render", song).code in (0, 1)
    said = send(run, song, "vocals up")
    assert said.code == 0
    first, second = (read_lock(song / "revisions" / each) for each in ("r0", "r1"))
    assert second.drive_db == first.drive_db
    assert second.drive_held


def test_no_draft_a_half_one_and_an_edited_one_are_told(run: Run, song: Path) -> None:
    (song / "draft" / "chain.toml").write_text("mine = 1\n", "utf-8")
    said = send(run, song)
    assert (said.code, "chain.toml" in said.err) == (2, True)
    (song / "draft" / "chain.toml").unlink()
    said = send(run, song)
    assert (said.code, "chain.toml is gone from the draft" in said.err) == (2, True)
    shutil.rmtree(song / "draft")
    said = send(run, song)
    assert (said.code, "no draft yet" in said.err) == (2, True)
    assert not (song / "revisions").exists()


def test_a_master_that_is_not_as_rendered_is_not_sent_until_it_is_again(
    run: Run, song: Path
) -> None:
    master = song / "draft" / "main.wav"
    whole = master.read_bytes()
    middle = len(whole) // 2
    for other in (whole + b"zz", whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]):
        master.write_bytes(other)
        said = send(run, song)
        assert (said.code, "main.wav of the draft is not as rendered" in said.err) == (2, True)
        assert f"render it again: stemwright render {song} --replace" in said.err
        assert not (song / "revisions").exists()
        assert master.read_bytes() == other
        assert run("render", song, "--replace").code in (0, 1)
        assert master.read_bytes() == whole
    assert send(run, song).code == 0


def test_two_at_once_are_one_refusal(run: Run, song: Path) -> None:
    with working_on(song):
        said = send(run, song)
    assert said.code == 2
    assert "another run changes this job: process" in said.err
    assert not (song / "revisions").exists()
    assert send(run, song).code == 0


def test_a_job_that_cannot_hold_what_is_sent_stays_as_it_was(
    run: Run, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (song / "job.toml").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bridge.jobs.revisions.copying.shutil.copyfile", full)
    said = send(run, song)
    assert (said.code, "no space left" in said.err) == (3, True)
    assert (song / "job.toml").read_bytes() == before
    assert [*(song / "revisions").iterdir()] == []


def test_words_are_needed(run: Run, song: Path) -> None:
    said = run("send", song, "--words", "  ")
    assert said.code == 2
    assert "with words" in said.err
    assert not (song / "revisions").exists()


def test_a_draft_that_was_sent_before_is_told(run: Run, song: Path) -> None:
    assert "nothing changed" not in run("send", song, "--words", "first").err
    assert "it is what r0 was: nothing changed" in run("send", song, "--words", "again").err
