"""What a page is about: the song's title, its revision and day, the samples of its files."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import Any

from bridge.finished import Record
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

SAMPLES = {
    "pcm16": "16 bit",
    "pcm24": "24 bit",
    "float32": "32 bit float",
    "float64": "64 bit float",
}


@dataclass(frozen=True)
class Song:
    """As recorded with the render, so that a page made again says the same.

    `date` is a day as YYYY-MM-DD that somebody gave, never a clock's; `subtype` that of the files.
    """

    title: str | None = None
    revision: str | None = None
    date: str | None = None
    subtype: str | None = None

    @property
    def samples(self) -> str | None:
        """The files' bit depth, in words."""
        return None if self.subtype is None else SAMPLES.get(self.subtype, self.subtype)

    def as_json(self) -> dict[str, Any]:
        """render.json's `heading`."""
        return asdict(self)


def song_of(record: Record) -> Song:
    """What a record says of its song; one that says nothing has none."""
    told = record.heading
    return Song() if told is None else Song(told.title, told.revision, told.date, told.subtype)


def day(written: str) -> str:
    """Return a date given as YYYY-MM-DD. Raises InputError."""
    try:
        return datetime.date.fromisoformat(written).isoformat()
    except ValueError as error:
        problem = Problem("usage", f"--date {written} is not a date", expected="YYYY-MM-DD")
        raise InputError(problem) from error
