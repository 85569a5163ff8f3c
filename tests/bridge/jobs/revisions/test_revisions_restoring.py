"""Going back: the draft and the job are what was sent, and what was there is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bridge.finished import need_record, read_lock
from bridge.jobs.revisions.record import read_revision_record
from bridge.storing import file_digest

Run = Callable[..., Any]


@pytest.fixture
def sent(run: Run, song: Path, made_once: Callable[..., None]) -> Path:
    """The song, sent once, then changed and rendered."""

    def make() -> None:
        assert run("send", song, "--words", "first").code == 0
        text = (song / "job.toml").read_text("utf-8").replace("gain_db = 0.5 ", "gain_db = 1.0 ")
        (song / "job.toml").write_text(text, "utf-8")
        assert run("render", song).code in (0, 1)

    made_once("a song sent once and changed", song, make)
    return song


def masters(folder: Path) -> list[str]:
    return [each.pcm_sha256 for each in need_record(folder).outputs]


def test_a_revision_is_the_draft_and_the_job_again(run: Run, sent: Path) -> None:
    later, job = masters(sent / "draft"), (sent / "job.toml").read_bytes()
    said = run("restore", sent, "r0")
    assert (said.code, said.err) == (0, "what was there: d0\n")
    assert masters(sent / "draft") == masters(sent / "revisions" / "r0") != later
    kept = (sent / "revisions" / "r0" / "job-as-sent.toml").read_bytes()
    assert (sent / "job.toml").read_bytes() == kept != job
    assert read_lock(sent / "draft").sources[0].files[0].path == "../stems/vox.wav"
    assert masters(sent / "drafts" / "d0") == later
    assert run("verify", sent / "draft", "--quick").code == 0
    assert run("send", sent, "--words", "as it was").code == 0


def test_what_was_kept_comes_back(run: Run, sent: Path) -> None:
    later, job = masters(sent / "draft"), (sent / "job.toml").read_bytes()
    assert run("restore", sent, "r0").code == 0
    said = run("restore", sent, "d0", "--json")
    assert json.loads(said.out)["kept"] == "r0"
    assert masters(sent / "draft") == later
    assert (sent / "job.toml").read_bytes() == job
    assert [each.name for each in (sent / "drafts").iterdir()] == ["d0"]


def test_a_dry_run_writes_nothing(run: Run, sent: Path) -> None:
    def there() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in sent.rglob("*") if p.is_file()}

    before = there()
    said = run("restore", sent, "r0", "--dry-run")
    assert (said.code, "would be r0" in said.out) == (0, True)
    assert there() == before


def test_a_draft_that_is_not_there_is_made(run: Run, sent: Path) -> None:
    for path in sorted((sent / "draft").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (sent / "draft").rmdir()
    assert run("restore", sent, "r0").code == 0
    assert masters(sent / "draft") == masters(sent / "revisions" / "r0")
    assert [each.name for each in (sent / "drafts" / "d0").glob("*.toml")] == ["job-as-sent.toml"]


def test_a_chain_that_was_changed_since_is_told(run: Run, sent: Path) -> None:
    chain = sent.parent / "chain.toml"
    chain.write_text(chain.read_text("utf-8").replace("hz = 3000", "hz = 2000"), "utf-8")
    said = run("restore", sent, "r0")
    assert said.code == 0
    assert "vocals/tone band 1 frequency from 3 kHz to 2 kHz" in said.err
    text = (sent / "job.toml").read_text("utf-8")
    held = text.replace('"../chain.toml"', '"revisions/r0/chain.toml"')
    (sent / "job.toml").write_text(held, "utf-8")
    assert run("render", sent).code in (0, 1)
    assert masters(sent / "draft") == masters(sent / "revisions" / "r0")


@pytest.mark.parametrize("name", ["main.wav", "chain.toml", "revision.json"])
def test_an_edited_revision_is_not_restored(run: Run, sent: Path, name: str) -> None:
    path = sent / "revisions" / "r0" / name
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))
    before = masters(sent / "draft"), (sent / "job.toml").read_bytes()
    said = run("restore", sent, "r0")
    assert (said.code, name in said.err) == (2, True)
    assert (masters(sent / "draft"), (sent / "job.toml").read_bytes()) == before
    assert not (sent / "drafts").exists()


@pytest.mark.parametrize("name", ["../../../taken.wav", "states/../../x.wav", "linked.wav"])
def test_a_revision_from_outside_writes_nowhere_else(run: Run, sent: Path, name: str) -> None:
    folder = sent / "revisions" / "r0"
    (sent.parent / "taken.wav").write_bytes(b"theirs")
    if name == "linked.wav":
        (folder / name).symlink_to(sent.parent / "taken.wav")
    told = json.loads((folder / "render.json").read_text("utf-8"))
    told["digests"][name] = "0" * 64
    (folder / "render.json").write_text(json.dumps(told), "utf-8")
    record = read_revision_record(folder)
    files = {**record.files, "render.json": file_digest(folder / "render.json")}
    text = replace(record, files=files).as_text()
    (folder / "revision.json").write_text(text, "utf-8")
    before = masters(sent / "draft")
    said = run("restore", sent, "r0")
    assert (said.code, f"{name} is no file that render writes" in said.err) == (2, True)
    assert masters(sent / "draft") == before
    assert (sent.parent / "taken.wav").read_bytes() == b"theirs"


def test_a_job_whose_chain_is_gone_says_so_and_is_what_was_sent(run: Run, sent: Path) -> None:
    (sent.parent / "chain.toml").unlink()
    said = run("restore", sent, "r0")
    assert (said.code, 'there is no chain "../chain.toml"' in said.err) == (0, True)
    assert "what was rendered already" in said.err
    assert 'chain = "revisions/r0/chain.toml"' in said.err
    assert masters(sent / "draft") == masters(sent / "revisions" / "r0")
    text = (sent / "job.toml").read_text("utf-8")
    assert text == (sent / "revisions" / "r0" / "job-as-sent.toml").read_text("utf-8")
    held = text.replace('"../chain.toml"', '"revisions/r0/chain.toml"')
    (sent / "job.toml").write_text(held, "utf-8")
    assert run("render", sent).code in (0, 1)
    assert masters(sent / "draft") == masters(sent / "revisions" / "r0")


def test_a_draft_kept_with_a_job_that_is_none_is_not_restored(run: Run, sent: Path) -> None:
    (sent / "job.toml").write_bytes(b'title = "\xff"\n')
    assert run("restore", sent, "r0").code == 0
    before = (sent / "job.toml").read_bytes()
    said = run("restore", sent, "d0")
    assert (said.code, "not UTF-8" in said.err) == (2, True)
    assert (sent / "job.toml").read_bytes() == before
