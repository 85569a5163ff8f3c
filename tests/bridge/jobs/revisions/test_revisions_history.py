"""The history: what counts, what was edited, what is gone, who approved."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def sent(run: Run, song: Path, made_once: Callable[..., None]) -> Path:
    """The song, sent three times."""

    def make() -> None:
        for words in ("first", "=louder, \nplease", "third"):
            assert run("send", song, "--words", words, "--who", "Ann").code == 0

    made_once("a song sent three times", song, make)
    return song


def rows(run: Run, song: Path) -> list[dict[str, Any]]:
    return list(json.loads(run("history", song, "--json").out)["revisions"])


def test_what_is_over_the_included_ones_is_extra(run: Run, sent: Path) -> None:
    said = run("history", sent, "--json")
    told = json.loads(said.out)
    assert said.code == 0
    assert [row["counts_as"] for row in told["revisions"]] == ["first", "included", "extra"]
    assert (told["revisions_included"], told["extra"]) == (1, 1)
    assert told["revisions"][0]["integrated_lufs"] == pytest.approx(-20.0, abs=0.05)
    assert [row["replaced_stems"] for row in told["revisions"]] == [[], [], []]
    assert "r2" in run("history", sent).out


def test_billing_reads_it_as_a_table(run: Run, sent: Path) -> None:
    table = [*csv.DictReader(run("history", sent, "--csv").out.splitlines())]
    assert [(row["revision"], row["counts_as"], row["whole"]) for row in table] == [
        ("r0", "first", "yes"),
        ("r1", "included", "yes"),
        ("r2", "extra", "yes"),
    ]
    assert table[1]["words"] == "'=louder, please"


@pytest.mark.parametrize("name", ["main.wav", "job-as-sent.toml", "chain.lock"])
def test_an_edited_revision_is_told_and_never_used(run: Run, sent: Path, name: str) -> None:
    path = sent / "revisions" / "r1" / name
    path.write_bytes(path.read_bytes() + b"\n")
    said = run("history", sent)
    assert said.code == 1
    assert f"r1: {name} was edited since it was sent" in said.err
    assert [row["edited"] for row in rows(run, sent)] == [[], [name], []]
    said = run("approve", sent, "r1")
    assert (said.code, name in said.err) == (2, True)
    assert run("approve", sent, "r2").code == 0


def test_what_is_gone_is_told_with_what_still_can_be_done(run: Run, sent: Path) -> None:
    (sent / "revisions" / "r0" / "main.wav").unlink()
    said = run("history", sent)
    assert said.code == 1
    assert "r0: main.wav is gone" in said.err
    assert "instrumental.wav is whole" in said.err
    (sent / "revisions" / "r1" / "revision.json").unlink()
    (sent.parent / "chain.toml").unlink()
    said = run("history", sent)
    assert "revision.json is gone" in said.err
    assert 'there is no chain "../chain.toml"' in said.err
    assert [row["gone"] for row in rows(run, sent)] == [["main.wav"], [], []]


def test_an_edited_record_is_told(run: Run, sent: Path) -> None:
    path = sent / "revisions" / "r1" / "revision.json"
    path.write_text(path.read_text("utf-8").replace('"Ann"', '"Bob"'), "utf-8")
    said = run("history", sent)
    assert said.code == 1
    assert "revision.json was edited" in said.err
    (sent / "revisions" / "r2").rename(sent / "revisions" / "r7")
    assert "this is r2, and its folder is called r7" in run("history", sent).err


def test_parts_are_approved_apart(run: Run, sent: Path) -> None:
    assert run("approve", sent, "r1", "--version", "instrumental", "--who", "Zoë").code == 0
    assert [row["approved"] for row in rows(run, sent)] == [[], ["instrumental"], []]
    said = run("approve", sent, "r1", "--version", "main", "--json")
    assert json.loads(said.out)["versions"] == ["main"]
    assert rows(run, sent)[1]["approved"] == ["instrumental", "main"]
    assert run("approve", sent, "r2").out.startswith("r2 approved: main, instrumental; by ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("r9",), 'there is no revision "r9"'),
        (("r1", "--version", "instrumentall"), "no version of that name"),
    ],
)
def test_what_is_not_there_cannot_be_approved(
    run: Run, sent: Path, words: tuple[str, ...], said: str
) -> None:
    found = run("approve", sent, *words)
    assert (found.code, said in found.err) == (2, True)
    assert not (sent / "revisions" / "approvals.json").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, '{"schema": 1}'),
        (None, "no JSON"),
        ('"Zoë"', '"Bob"'),
        ('"instrumental"', '"main"'),
        ('"approvals": [', '"paid": true,\n  "approvals": ['),
    ],
)
def test_approvals_that_were_edited_are_told_and_never_used(
    run: Run, sent: Path, old: str | None, new: str
) -> None:
    assert run("approve", sent, "r1", "--version", "instrumental", "--who", "Zoë").code == 0
    path = sent / "revisions" / "approvals.json"
    before = path.read_text("utf-8")
    edited = new if old is None else before.replace(old, new)
    assert edited != before
    path.write_text(edited, "utf-8")
    said = run("history", sent, "--json")
    told = json.loads(said.out)
    assert said.code == 1
    assert {each["kind"] for each in told["problems"]} == {"bad_approvals"}
    assert [(row["approved"], row["approvals"]) for row in told["revisions"]] == [(None, None)] * 3
    said = run("history", sent)
    assert (said.code, "approvals.json" in said.err, "r2" in said.out) == (1, True, True)
    said = run("approve", sent, "r2")
    assert (said.code, "approvals.json" in said.err) == (2, True)
    assert path.read_text("utf-8") == edited
    path.unlink()
    assert run("approve", sent, "r2").code == 0
    assert [bool(row["approved"]) for row in rows(run, sent)] == [False, False, True]


@pytest.mark.parametrize(
    ("old", "new"), [('"r2"', '"r1"'), ('"r2"', '"r2",\n    "r9"'), ("}\n", "")]
)
def test_an_edited_note_of_what_was_sent_is_told_and_never_used(
    run: Run, sent: Path, old: str, new: str
) -> None:
    path = sent / "revisions" / "sent.json"
    before = path.read_text("utf-8")
    path.write_text(before.replace(old, new), "utf-8")
    assert path.read_text("utf-8") != before
    said = run("history", sent, "--json")
    told = json.loads(said.out)
    assert [each["kind"] for each in told["problems"]] == ["bad_sent"]
    assert [each["revision"] for each in told["revisions"]] == ["r0", "r1", "r2"]
    job = (sent / "job.toml").read_bytes()
    said = run("send", sent, "--words", "fourth")
    assert (said.code, "sent.json" in said.err, "move it away" in said.err) == (2, True, True)
    assert (sent / "job.toml").read_bytes() == job
    assert not (sent / "revisions" / "r3").exists()
    path.unlink()
    assert run("send", sent, "--words", "fourth").code == 0
    assert run("history", sent).code == 0


def test_a_revision_that_is_gone_is_told_and_its_number_is_not_given_again(
    run: Run, sent: Path
) -> None:
    for name in ("r0", "r2"):
        shutil.rmtree(sent / "revisions" / name)
    said = run("history", sent, "--json")
    told = json.loads(said.out)
    assert said.code == 1
    assert [each["kind"] for each in told["problems"]] == ["revision_gone", "revision_gone"]
    assert [(row["revision"], row["counts_as"]) for row in told["revisions"]] == [
        ("r0", "first"),
        ("r1", "included"),
        ("r2", "extra"),
    ]
    assert "r2 was sent, and its folder is gone" in run("history", sent).err
    assert run("send", sent, "--words", "fourth").out.strip() == str(sent / "revisions" / "r3")


def test_who_approved_and_when_is_told(run: Run, sent: Path) -> None:
    assert run("approve", sent, "r1").code == 0
    (approval,) = rows(run, sent)[1]["approvals"]
    assert set(approval["versions"]) == {"main", "instrumental"}
    assert approval["who"]
    assert approval["when"][:4].isdigit()


def test_an_edited_master_is_in_no_list_of_changes(run: Run, sent: Path) -> None:
    path = sent / "revisions" / "r1" / "main.wav"
    octets = bytearray(path.read_bytes())
    octets[5000] ^= 1
    path.write_bytes(octets)
    said = run("changes", sent, "r0", "r1")
    assert (said.code, "r1: main.wav was edited" in said.err) == (2, True)
    assert "still compares" not in said.err


@pytest.mark.parametrize("name", ["nosuch", "song/revisions/r0"])
def test_what_is_no_job_has_no_history(run: Run, sent: Path, name: str) -> None:
    said = run("history", sent.parent / name)
    assert (said.code, "there is no such file" in said.err) == (2, True)


@pytest.mark.parametrize("command", [("history",), ("history", "--csv"), ("page", "-o", "p.html")])
@pytest.mark.parametrize("place", ["nonexist", "empty/", ""])
def test_what_is_no_job_is_refused(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    place: str,
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    said = run(command[0], place, *command[1:])
    assert (said.code, said.out) == (2, "")
    assert "there is no such file" in said.err
    assert "a job file (TOML)" in said.err
