"""A note: what somebody asked for at a place of the song; and the files that pages save them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from bridge.finished import Many, Shape, Text, told_of
from stemwright.problems import InputError, Problem
from stemwright.words import printable

NOTES_SCHEMA = 1
POINT_S = 4.0
"""How long what is said of a moment is taken to be about."""

_LONGEST_S = 86_400.0
_LONGEST_WORDS = 4000
"""As they stand in a job, whose texts have 4096 letters at most."""
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_KIND = "bad_notes"
_HINT = "ask for the file that the page's own button saves"


@dataclass(frozen=True)
class Note:
    """Words about a place of the song; `name` is "" where nobody put theirs to it.

    `take` is what was heard, `written` the moment in ISO 8601.
    """

    id: str
    take: str
    from_s: float
    to_s: float | None
    name: str
    words: str
    written: str

    @property
    def end_s(self) -> float:
        """Where its place ends; a moment is given `POINT_S`."""
        return self.from_s + POINT_S if self.to_s is None else self.to_s

    @property
    def moment(self) -> datetime:
        """When it was written; the earliest there is where that is not said."""
        try:
            return _moment(self.written)
        except ValueError:  # a job's file may be changed by hand
            return _EARLIEST


@dataclass(frozen=True)
class NotesFile:
    """One person's notes, as a page saved them; `job` is the song, `page` the page's digest."""

    path: Path
    job: str
    page: str
    notes: tuple[Note, ...]


def read_notes(path: Path) -> NotesFile:
    """Read a notes file. Raises InputError `bad_notes` with the key of each fault."""
    try:
        told = told_of(path, _KIND, _HINT)
    except FileNotFoundError as error:
        message = "there is no such file"
        raise InputError(Problem(_KIND, message, {"file": str(path)}, hint=_HINT)) from error
    wire = _File.read(told, path, _KIND)
    notes = tuple(
        Note(
            id=printable(each.id),
            take=printable(each.take),
            from_s=round(float(each.from_s), 3),
            to_s=None if each.to_s is None else round(float(each.to_s), 3),
            name=" ".join(printable(each.name).split()),
            words=printable(each.words).strip(),
            written=each.written,
        )
        for each in wire.notes
    )
    return NotesFile(path, printable(wire.job), printable(wire.page), notes)


def read_note_files(paths: Sequence[Path]) -> tuple[NotesFile, ...]:
    """Read several. Raises InputError with the faults of all of them."""
    found: list[NotesFile] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(read_notes(path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def _moment(written: str) -> datetime:
    if not written:
        return _EARLIEST
    found = datetime.fromisoformat(written)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _dated(written: str) -> str:
    try:
        _moment(written)
    except ValueError:
        raise ValueError("expected a moment such as 2026-12-04T10:30:00Z") from None
    return written


def _filled(text: str) -> str:
    if text.strip() and len(printable(text)) <= _LONGEST_WORDS:
        return text
    raise ValueError(f"expected a text of 1 to {_LONGEST_WORDS} letters")


def _short(text: str) -> str:
    if len(printable(text)) <= _LONGEST_WORDS:
        return text
    raise ValueError(f"expected a text of {_LONGEST_WORDS} letters at most")


_Filled = Annotated[Text, AfterValidator(_filled)]
_Short = Annotated[Text, AfterValidator(_short)]
_Place = Annotated[float, Field(ge=0.0, le=_LONGEST_S, allow_inf_nan=False)]


class _Note(Shape):
    """A note of the file."""

    id: _Filled
    take: _Short = ""
    from_s: _Place
    to_s: _Place | None = None
    name: _Short = ""
    words: _Filled
    written: Annotated[Text, AfterValidator(_dated)] = ""

    @model_validator(mode="after")
    def _forwards(self) -> _Note:
        if self.to_s is not None and self.to_s - self.from_s < 0.001:
            raise ValueError("it ends before it begins")
        return self


class _File(Shape):
    """All of it."""

    model_config = ConfigDict(populate_by_name=False)

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    job: Text
    page: Text = ""
    notes: Many[_Note]
