"""What is found for a song once and held from then on: drive, trim and length."""

from __future__ import annotations

import tomllib
from pathlib import Path

from bridge.finished import need_record, read_lock
from bridge.jobs.editing import edited
from bridge.jobs.model import HeldByJob, Job
from chains import with_comment, with_value, without

_COMMENTS = {
    "drive_db": "held: stemwright render --resolve finds it anew",
    "tail_s": "held: the master's time after the longest stem",
}


def held_of(folder: Path) -> HeldByJob:
    """What the master in a finished folder was found to need. Raises InputError as `read_lock`."""
    record, lock = need_record(folder), read_lock(folder)
    tail_s = None if record.length is None else max(0.0, record.length.tail_s)
    return HeldByJob(lock.drive_db, lock.trim_db or 0.0, tail_s)


def hold(path: Path | str, held: HeldByJob) -> Job:
    """Write into a job file what it holds from now on. Raises as `edited` does."""

    def change(text: str) -> str:
        told = {"drive_db": held.drive_db, "trim_db": held.trim_db or None, "tail_s": held.tail_s}
        for name, value in told.items():
            text = _with(text, name, value)
        return text

    return edited(path, change)


def _with(text: str, name: str, value: float | None) -> str:
    """A value where it stands, or behind the others above the first table."""
    if value is None:
        return without(text, (name,))
    is_new = name not in tomllib.loads(text)
    text = with_value(text, (name,), value)
    return with_comment(text, (name,), _COMMENTS[name]) if is_new and name in _COMMENTS else text
