"""What is announced as sent, approved or restored is on the disk: it outlives a power cut."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge.jobs.revisions import approve, restore, send

Events = list[tuple[str, Path]]
pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="asks /proc for names")


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Events:
    """What was flushed and what took its name, in order; files by the path they had then."""
    found: Events = []
    flush, rename, replace = os.fsync, os.rename, os.replace

    def flushed(handle: int) -> None:
        found.append(("flushed", Path(f"/proc/self/fd/{handle}").readlink()))
        flush(handle)

    def named(call: Callable[..., None]) -> Callable[..., None]:
        def move(source: Any, target: Any, **words: Any) -> None:
            found.append(("from", Path(source)))
            found.append(("named", Path(target)))
            call(source, target, **words)

        return move

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "rename", named(rename))
    monkeypatch.setattr(os, "replace", named(replace))
    return found


def check_lasting(events: Events, path: Path) -> None:
    """Everything of `path` was flushed before it took its name, and its folder after that."""
    at = events.index(("named", path))
    made = events[at - 1][1]
    before, after = (
        {each for kind, each in part if kind == "flushed"} for part in _parted(events, at)
    )
    names = [each.relative_to(path) for each in path.rglob("*")] if path.is_dir() else []
    assert {made, *(made / name for name in names)} <= before
    assert path.parent in after


def _parted(events: Events, at: int) -> tuple[Events, Events]:
    return events[:at], events[at:]


def test_what_is_sent_is_on_the_disk_first(song: Path, events: Events) -> None:
    send(song, "first", lambda _: None)
    check_lasting(events, song / "revisions" / "r0")
    check_lasting(events, song / "revisions" / "sent.json")
    check_lasting(events, song / "job.toml")
    assert ("flushed", song) in events  # the folder of revisions is new in it


def test_what_is_approved_is_on_the_disk_first(song: Path, events: Events) -> None:
    send(song, "first", lambda _: None)
    approve(song, "r0")
    check_lasting(events, song / "revisions" / "approvals.json")


def test_what_is_kept_when_a_revision_is_restored_is_on_the_disk_first(
    song: Path, events: Events
) -> None:
    send(song, "first", lambda _: None)
    (song / "job.toml").write_bytes((song / "job.toml").read_bytes() + b"\n# other\n")
    events.clear()
    restore(song, "r0")
    check_lasting(events, song / "drafts" / "d0")
    check_lasting(events, song / "job.toml")
