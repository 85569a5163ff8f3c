"""Edits by the tool: comments and order stay, and a wrong one writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.jobs import JobError, edited
from chains import with_value
from stemwright.problems import InputError

LINES = """\
# the song
tempo_bpm = 92.0     # as she counts
drive_db = 5.683

[group.vocals]       # a touch up
gain_db = 0.5
"""


def test_comments_and_order_stay(written: Callable[[str], Path]) -> None:
    path = written(LINES)
    before = path.read_text("utf-8")

    def change(text: str) -> str:
        return with_value(with_value(text, ("drive_db",), 6.0), ("group", "vocals", "gain_db"), 1.0)

    job = edited(path.parent, change)
    assert job.held.drive_db == 6.0
    assert path.read_text("utf-8") == before.replace("5.683", "6.0").replace("= 0.5", "= 1.0")


def test_a_file_with_line_ends_of_windows_keeps_them(written: Callable[[str], Path]) -> None:
    path = written(LINES)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    edited(path, lambda text: with_value(text, ("target", "integrated_lufs"), -9.0))
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")
    assert b"[target]\r\n" in path.read_bytes()


def test_an_edit_that_makes_the_job_wrong_is_refused(written: Callable[[str], Path]) -> None:
    path = written(LINES)
    before = path.read_bytes()

    with pytest.raises(JobError, match="drive_db is 600"):
        edited(path, lambda text: with_value(text, ("drive_db",), 600.0))
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir() if each.name.endswith(".part")] == []


def test_what_somebody_else_writes_meanwhile_is_not_lost(written: Callable[[str], Path]) -> None:
    path = written(LINES)

    def change(text: str) -> str:
        path.write_text(path.read_text("utf-8") + "# saved by hand\n", encoding="utf-8")
        return with_value(text, ("drive_db",), 6.0)

    with pytest.raises(InputError, match="written to while"):
        edited(path, change)
    assert path.read_text("utf-8").endswith("# saved by hand\n")
    assert "5.683" in path.read_text("utf-8")
