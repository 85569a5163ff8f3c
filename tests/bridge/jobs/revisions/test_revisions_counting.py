"""What counts is what was sent, as it was agreed then: no folder and no edit changes it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge.finished import need_record

Run = Callable[..., Any]
INCLUDED = "revisions_included = 1\n"


@pytest.fixture
def sent(run: Run, song: Path, made_once: Callable[..., None]) -> Path:
    """r0 and r1 sent when nothing was agreed, r2 when one revision was."""

    def make() -> None:
        job = song / "job.toml"
        text = job.read_text("utf-8")
        job.write_text(text.replace(INCLUDED, ""), "utf-8")
        for words in ("first", "second"):
            assert run("send", song, "--words", words).code == 0
        job.write_text(job.read_text("utf-8").replace("stems =", f"{INCLUDED}stems =", 1), "utf-8")
        said = run("send", song, "--words", "third")
        assert (said.code, "r2: extra: 1 are included" in said.err) == (0, True)

    made_once("a song sent before and after one was included", song, make)
    return song


def counted(run: Run, song: Path) -> list[tuple[str, str]]:
    table = csv.DictReader(run("history", song, "--csv").out.splitlines())
    return [(row["revision"], row["counts_as"]) for row in table]


COUNTED = [("r0", "first"), ("r1", "included"), ("r2", "extra")]


@pytest.mark.parametrize("name", ["r50", "r99999999"])
@pytest.mark.parametrize("filled", [False, True])
def test_a_folder_that_was_never_sent_is_named_and_counts_as_nothing(
    run: Run, sent: Path, name: str, filled: bool
) -> None:
    strange = sent / "revisions" / name
    shutil.copytree(sent / "revisions" / "r2", strange) if filled else strange.mkdir()
    said = run("history", sent, "--json")
    told = json.loads(said.out)
    assert (said.code, [each["kind"] for each in told["problems"]]) == (1, ["not_sent"])
    assert told["problems"][0]["message"].startswith(f"{name} was never sent from this job")
    assert (counted(run, sent), told["extra"]) == (COUNTED, 1)
    found = run("restore", sent, name)
    assert (found.code, f'there is no revision "{name}"' in found.err) == (2, True)
    assert run("send", sent, "--words", "fourth").out.strip() == str(sent / "revisions" / "r3")
    shutil.rmtree(strange)
    assert run("history", sent).code == 0
    assert counted(run, sent) == [*COUNTED, ("r3", "extra")]


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_was_never_sent_and_has_the_next_name_is_left_alone(
    run: Run, sent: Path, kind: str
) -> None:
    strange = sent / "revisions" / "r3"
    strange.mkdir() if kind == "folder" else strange.write_text("theirs", "utf-8")
    job, note = (each.read_bytes() for each in (sent / "job.toml", strange.parent / "sent.json"))
    said = run("send", sent, "--words", "fourth", "--json")
    (problem,) = json.loads(said.out)["errors"]
    assert (said.code, problem["kind"]) == (2, "not_sent")
    assert "move that away" in problem["hint"]
    assert (sent / "job.toml").read_bytes() == job
    assert (strange.parent / "sent.json").read_bytes() == note
    strange.rmdir() if kind == "folder" else strange.unlink()
    assert run("send", sent, "--words", "fourth").code == 0
    assert counted(run, sent) == [*COUNTED, ("r3", "extra")]


def test_one_whose_note_was_cut_off_counts_and_is_noted_by_the_next(run: Run, sent: Path) -> None:
    note = sent / "revisions" / "sent.json"
    before = note.read_bytes()
    assert run("send", sent, "--words", "fourth").code == 0
    note.write_bytes(before)
    assert (run("history", sent).code, counted(run, sent)) == (0, [*COUNTED, ("r3", "extra")])
    assert run("send", sent, "--words", "fifth").code == 0
    shutil.rmtree(sent / "revisions" / "r3")
    assert counted(run, sent) == [*COUNTED, ("r3", "extra"), ("r4", "extra")]


def test_without_a_note_all_that_are_there_are_noted_by_the_next(run: Run, sent: Path) -> None:
    for lost in ("sent.json", "r1/revision.json"):
        (sent / "revisions" / lost).unlink()
    assert run("send", sent, "--words", "fourth").code == 0
    shutil.rmtree(sent / "revisions" / "r1")
    job = sent / "job.toml"
    job.write_text(job.read_text("utf-8").replace(INCLUDED, "revisions_included = 0\n"), "utf-8")
    assert counted(run, sent) == [*COUNTED, ("r3", "extra")]


@pytest.mark.parametrize("now", ["", "revisions_included = 0\n", "revisions_included = 9\n"])
@pytest.mark.parametrize("gone", [False, True])
def test_what_was_sent_counts_as_it_did_whatever_the_job_says_now(
    run: Run, sent: Path, now: str, gone: bool
) -> None:
    job = sent / "job.toml"
    job.write_text(job.read_text("utf-8").replace(INCLUDED, now), "utf-8")
    if gone:
        shutil.rmtree(sent / "revisions" / "r2")
    assert counted(run, sent) == COUNTED
    number = now.strip()[-1:] or "not said"
    said = run("history", sent)
    assert f"included: {number}; extra: 1\n" in said.err
    told = f"r2 was sent with revisions_included 1, and stays extra: the job's is {number} now"
    assert told in said.err
    assert ("r1 was sent with" in said.err) == bool(now)
    rows = json.loads(run("history", sent, "--json").out)["revisions"]
    assert [row["revisions_included"] for row in rows] == [None, None, 1]


@pytest.mark.parametrize("lost", ["sent.json", "r2/revision.json"])
def test_either_of_the_two_that_keep_it_is_enough(run: Run, sent: Path, lost: str) -> None:
    job = sent / "job.toml"
    job.write_text(job.read_text("utf-8").replace(INCLUDED, ""), "utf-8")
    (sent / "revisions" / lost).unlink()
    assert counted(run, sent) == COUNTED


def test_no_edit_of_what_it_counts_as_is_believed(run: Run, sent: Path) -> None:
    for path, kind in (("sent.json", "bad_sent"), ("r2/revision.json", "bad_revision")):
        place = sent / "revisions" / path
        text = place.read_text("utf-8")
        place.write_text(text.replace('"extra"', '"included"'), "utf-8")
        told = json.loads(run("history", sent, "--json").out)
        assert [each["kind"] for each in told["problems"]] == [kind]
        assert told["extra"] == 1
        place.write_text(text, "utf-8")


def test_what_is_agreed_stays_when_an_earlier_one_is_restored(run: Run, sent: Path) -> None:
    job = sent / "job.toml"
    due = "due = 2026-12-04\n"
    job.write_text(job.read_text("utf-8").replace(INCLUDED, f"{due}{INCLUDED}"), "utf-8")
    said = run("restore", sent, "r0", "--dry-run", "--json")
    agreed = {"revisions_included": 1, "due": "2026-12-04"}
    assert (json.loads(said.out)["agreed"], due in job.read_text("utf-8")) == (agreed, True)
    said = run("restore", sent, "r0")
    assert said.code == 0
    assert "revisions_included stays 1, as agreed: r0 had another" in said.err
    assert "due stays 2026-12-04, as agreed: r0 had another" in said.err
    kept = (sent / "revisions" / "r0" / "job-as-sent.toml").read_text("utf-8").splitlines()
    lines = job.read_text("utf-8").splitlines()
    assert {*lines} - {*kept} == {due.strip(), INCLUDED.strip()}
    assert [each for each in lines if each in kept] == kept
    assert counted(run, sent) == COUNTED
    assert json.loads(run("restore", sent, "r0", "--json").out)["kept"] == "r0"
    assert run("send", sent, "--words", "as it was").code == 0
    assert counted(run, sent) == [*COUNTED, ("r3", "extra")]


def test_what_is_agreed_no_more_does_not_come_back(run: Run, sent: Path) -> None:
    job = sent / "job.toml"
    job.write_text(job.read_text("utf-8").replace(INCLUDED, ""), "utf-8")
    said = run("restore", sent, "r2")
    assert (said.code, "revisions_included stays out of the job" in said.err) == (0, True)
    assert "revisions_included" not in job.read_text("utf-8")
    masters = [each.pcm_sha256 for each in need_record(sent / "draft").outputs]
    assert masters == [each.pcm_sha256 for each in need_record(sent / "revisions" / "r2").outputs]


@pytest.mark.parametrize("lost", [None, b'title = "\xff"\n'])
def test_without_a_job_what_was_agreed_last_stays(run: Run, sent: Path, lost: bytes | None) -> None:
    job = sent / "job.toml"
    job.unlink() if lost is None else job.write_bytes(lost)
    said = run("restore", sent, "r0")
    assert (said.code, "revisions_included stays 1, as agreed" in said.err) == (0, True)
    assert INCLUDED in job.read_text("utf-8")
