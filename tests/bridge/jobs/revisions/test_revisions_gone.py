"""A job whose chain, stems, file or revision is gone: it says which, and does what still can be."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
SAID = {
    "chain": ("chain_missing", 'there is no chain "../chain.toml"'),
    "stems": ("stems_missing", 'there are no stems "stems"'),
    "job": ("job_gone", "job.toml is gone; what is told is of r1 as it was sent"),
}


@pytest.fixture
def sent(run: Run, song: Path, made_once: Callable[..., None]) -> Path:
    """The song sent twice, its fader moved in between."""

    def make() -> None:
        assert run("send", song, "--words", "first").code == 0
        job = song / "job.toml"
        job.write_text(job.read_text("utf-8").replace("gain_db = 0.5 ", "gain_db = 1.0 "), "utf-8")
        assert run("render", song).code in (0, 1)
        assert run("send", song, "--words", "vocals up").code == 0

    made_once("a song sent twice", song, make)
    return song


def lose(song: Path, what: str) -> None:
    if what == "chain":
        (song.parent / "chain.toml").unlink()
    elif what == "stems":
        shutil.rmtree(song / "stems")
    else:
        (song / "job.toml").unlink()


@pytest.mark.parametrize("what", SAID)
def test_the_history_still_counts(run: Run, sent: Path, what: str) -> None:
    assert run("send", sent, "--words", "again").code == 0
    lose(sent, what)
    said = run("history", sent, "--json")
    told = json.loads(said.out)
    kind, words = SAID[what]
    assert said.code == 1
    assert [(each["kind"], each["message"]) for each in told["problems"]] == [
        (kind, words.replace("r1", "r2"))
    ]
    assert (told["revisions_included"], told["extra"]) == (1, 1)


@pytest.mark.parametrize("what", SAID)
def test_a_sheet_has_the_words_of_what_was_sent(run: Run, sent: Path, what: str) -> None:
    before = json.loads(run("sheet", sent, "r0", "--json").out)
    lose(sent, what)
    sheet = json.loads(run("sheet", sent, "r0", "--json").out)
    assert sheet["sections"] == before["sections"] != []
    assert sheet["heading"] == before["heading"]
    assert sheet["strips"] == before["strips"]
    assert sheet["remarks"] == ([] if what == "job" else [SAID[what][1]])
    draft = json.loads(run("sheet", sent, "--json").out)
    assert draft["remarks"] == [SAID[what][1]]
    assert draft["sections"] == before["sections"]


@pytest.mark.parametrize("what", SAID)
def test_the_page_is_of_what_is_left(run: Run, sent: Path, what: str) -> None:
    lose(sent, what)
    said = run("page", sent, "-o", sent.parent / "p.html")
    assert (said.code, SAID[what][1] in said.err) == (0, True)
    assert said.err.splitlines()[-1] == "r0, r1"
    assert "Riverside Drive" in (sent.parent / "p.html").read_text("utf-8")


@pytest.mark.parametrize("what", SAID)
def test_a_revision_is_restored_verified_frozen_and_compared(
    run: Run, sent: Path, what: str
) -> None:
    lose(sent, what)
    assert run("changes", sent, "r0", "r1").code == 0
    assert run("freeze", sent, "r1").code == 0
    verified = run("verify", sent, "r1", *(["--quick"] if what == "stems" else []))
    assert verified.code == 0, verified.err
    said = run("restore", sent, "r0", "--json")
    told = json.loads(said.out)
    assert said.code == 0
    assert [each["kind"] for each in told.get("gone", [])] == (
        [] if what == "job" else [SAID[what][0]]
    )
    kept = sent / "revisions" / "r0" / "job-as-sent.toml"
    assert (sent / "job.toml").read_bytes() == kept.read_bytes()
    wav = (sent / "revisions" / "r0" / "main.wav").read_bytes()
    assert (sent / "draft" / "main.wav").read_bytes() == wav


def test_an_edited_chain_stands_in_for_none(run: Run, sent: Path) -> None:
    lose(sent, "chain")
    shutil.rmtree(sent / "draft")
    for name in ("r0", "r1"):
        path = sent / "revisions" / name / "chain.toml"
        path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    said = run("page", sent, "-o", sent.parent / "p.html")
    assert (said.code, SAID["chain"][1] in said.err) == (2, True)


def test_a_page_without_its_rough_mix_and_without_a_revision(run: Run, sent: Path) -> None:
    job = sent / "job.toml"
    job.write_text(f'rough = "rough.wav"\n{job.read_text("utf-8")}', "utf-8")
    shutil.rmtree(sent / "revisions" / "r0")
    said = run("page", sent, "-o", sent.parent / "p.html")
    assert said.code == 0
    assert 'is no mix "rough.wav"' in said.err
    assert "r0 was sent, and its folder is gone" in said.err
    assert said.err.splitlines()[-1] == "r1"


@pytest.mark.parametrize("name", ["main.wav", "chain.lock", "render.json", "revision.json"])
def test_a_page_leaves_an_edited_revision_out_and_says_so(run: Run, sent: Path, name: str) -> None:
    path = sent / "revisions" / "r1" / name
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    said = run("page", sent, "-o", sent.parent / "p.html")
    assert said.code == 0, said.err
    assert said.err.splitlines()[-1] == "r0, draft"
    (told,) = [line for line in said.err.splitlines() if "leaves that revision out" in line]
    assert told.startswith("warning: ")
    assert f"r1/{name}" in told
    assert (sent.parent / "p.html").exists()


@pytest.mark.parametrize("words", [("restore",), ("sheet",), ("verify",), ("approve",)])
def test_a_revision_that_is_gone_is_told_as_sent(
    run: Run, sent: Path, words: tuple[str, ...]
) -> None:
    shutil.rmtree(sent / "revisions" / "r0")
    said = run(*words, sent, "r0", "--json")
    (problem,) = json.loads(said.out)["errors"]
    assert (said.code, problem["kind"]) == (2, "revision_gone")
    assert problem["message"] == "r0 was sent, and its folder is gone"
