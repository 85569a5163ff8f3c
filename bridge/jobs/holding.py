"""What is found for a song once and held from then on: drive, trim and length."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bridge.finished import need_record, read_lock
from bridge.jobs.editing import edited
from bridge.jobs.model import HeldByJob, Job

if TYPE_CHECKING:
    import tomlkit

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

    def change(document: tomlkit.TOMLDocument) -> None:
        told = {"drive_db": held.drive_db, "trim_db": held.trim_db or None, "tail_s": held.tail_s}
        for name, value in told.items():
            _set(document, name, value)

    return edited(path, change)


def _set(document: tomlkit.TOMLDocument, name: str, value: float | None) -> None:
    """Put a value where it stands, or behind the others above the first table."""
    import tomlkit

    if value is None:
        document.pop(name, None)
        return
    if name in document:
        document[name] = value
        return
    written = tomlkit.item(value)
    if name in _COMMENTS:
        written.comment(_COMMENTS[name])
    document.add(name, written)
