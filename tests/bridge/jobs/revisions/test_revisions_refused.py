"""Beside others at work, and on a full disk: each command is refused, with nothing half done."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bridge.finished import OutputFolder
from bridge.jobs.revisions import revisions_of, working_on

Run = Callable[..., Any]
COMMANDS = [
    ("send", "--words", "again"),
    ("approve", "r0"),
    ("restore", "r0"),
    ("freeze", "r0"),
]
NAMES = [words[0] for words in COMMANDS]


@pytest.fixture
def sent(run: Run, song: Path, made_once: Callable[..., None]) -> Path:
    """The song, sent once."""

    def make() -> None:
        assert run("send", song, "--words", "first").code == 0

    made_once("a song sent once", song, make)
    return song


@contextmanager
def largest_file(octets: int) -> Iterator[None]:
    """No file may grow beyond this: what a full disk does, as the system tells it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def there(song: Path) -> dict[str, bytes]:
    return {path.relative_to(song).as_posix(): path.read_bytes() for path in song.rglob("*.*")}


def called(run: Run, song: Path, words: tuple[str, ...]) -> Any:
    return run(words[0], song, *words[1:])


@pytest.mark.parametrize("words", COMMANDS, ids=NAMES)
def test_one_at_a_time_changes_a_job(run: Run, sent: Path, words: tuple[str, ...]) -> None:
    with working_on(sent):
        before = there(sent)
        said = called(run, sent, words)
        assert (said.code, "another run changes this job: process" in said.err) == (2, True)
        assert there(sent) == before
    assert called(run, sent, words).code == 0


@pytest.mark.parametrize("words", [COMMANDS[0], COMMANDS[2]], ids=["send", "restore"])
def test_a_draft_that_is_rendered_is_left_alone(
    run: Run, sent: Path, words: tuple[str, ...]
) -> None:
    (sent / "job.toml").write_bytes((sent / "job.toml").read_bytes() + b"# mine\n")
    job = (sent / "job.toml").read_bytes()
    with OutputFolder(sent / "draft") as out:
        out.claim()
        said = called(run, sent, words)
        assert (said.code, "another run writes into this folder" in said.err) == (2, True)
    assert [each.name for each in revisions_of(sent)] == ["r0"]
    assert (sent / "job.toml").read_bytes() == job


@pytest.mark.parametrize("octets", [0, 20, 5000, 100_000])
@pytest.mark.parametrize("words", COMMANDS, ids=NAMES)
def test_a_full_disk_is_told_and_everything_is_as_it_was(
    run: Run, sent: Path, words: tuple[str, ...], octets: int
) -> None:
    (sent / "job.toml").write_bytes((sent / "job.toml").read_bytes() + b"# mine\n")
    before = there(sent)
    with largest_file(octets):
        said = called(run, sent, words)
    if said.code == 0:  # so little is written that it has room
        assert words[0] in ("approve", "freeze")
        return
    assert said.code == 3, said.err
    assert "o space left" in said.err or "cannot be written" in said.err
    assert {name: each for name, each in there(sent).items() if "drafts/" not in name} == before
    assert all(each.is_whole for each in revisions_of(sent))
    assert [*sent.rglob(".unfinished-*"), *sent.rglob("*.part")] == []
    assert called(run, sent, words).code == 0
    assert all(each.is_whole for each in revisions_of(sent))
