"""What a revision says of itself: who sent it when, with which words, and every file's digest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from bridge.finished import Many, Shape, Text, told_of
from bridge.jobs.seals import read_sealed, seal_of, sealed
from stemwright.files import placed
from stemwright.problems import InputError, Problem

SENT = "sent.json"
"""Lies among the revisions: the names of all that were sent, those that are gone too."""

REVISIONS = "revisions"
"""The folder of a job in which its revisions lie."""
DRAFTS = "drafts"
"""The folder in which drafts lie that `restore` took the place of: d0, d1, ..."""
RECORD = "revision.json"
KEPT_JOB = "job-as-sent.toml"
"""The job file in a revision: under its own name it would make the revision a job."""
SCHEMA = 1

_NAME = re.compile(r"[rd](0|[1-9]\d{0,99})")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HINT = "the revision's other files may be whole: fetch this one from a copy of the folder"
_HINT_OF_SENT = (
    "put it back from a copy, or move it away: numbers then go on from the folders that are there"
)


def _plain_path(name: str) -> str:
    parts = name.split("/")
    if "\\" in name or "\0" in name or any(each in ("", ".", "..") for each in parts):
        raise ValueError("expected the path of a file inside the revision")
    return name


def _blake3(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise ValueError("expected a blake3 digest of 64 digits")
    return digest


FilePath = Annotated[Text, AfterValidator(_plain_path)]
Digest = Annotated[Text, AfterValidator(_blake3)]


class _SentNames(Shape):
    schema_: Annotated[Literal[1], Field(alias="schema")]
    sent: Many[Text]


class RevisionShape(Shape):
    """revision.json as it is read. `digest` is of all the rest of it."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    stemwright: Text
    revision: Text
    words: Text
    who: Text
    when: Text
    freeze: bool = False
    files: dict[FilePath, Digest]
    digest: Digest


@dataclass(frozen=True)
class RevisionRecord:
    """A revision's own record; `files` has the blake3 of every file in it, by its path.

    `when` is a time of the clock with its offset, ISO 8601. It is in no digest of the sound.
    `freeze`: it was sent to be frozen, which is done once it is whole.
    """

    revision: str
    words: str
    who: str
    when: str
    stemwright: str
    files: Mapping[str, str] = field(default_factory=dict)
    freeze: bool = False

    def as_text(self) -> str:
        """The text of its file."""
        return sealed(self._told()).decode("utf-8")

    @property
    def digest(self) -> str:
        """The digest of everything in it: another revision, or one byte of it, has another."""
        return seal_of(self._told())

    def _told(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "stemwright": self.stemwright,
            "revision": self.revision,
            "words": self.words,
            "who": self.who,
            "when": self.when,
            **({"freeze": True} if self.freeze else {}),
            "files": dict(sorted(self.files.items())),
        }


def revision_number(name: str) -> int | None:
    """The number of a revision or kept draft: 2 of "r2", 0 of "d0"; None for another name."""
    found = _NAME.fullmatch(name)
    return None if found is None else int(found[1])


def next_name(place: Path, letter: str) -> str:
    """The first free name behind all that lie in a folder or were sent. Raises OSError."""
    names = [*(each.name for each in place.iterdir()), *sent_names(place)]
    taken = [revision_number(each) for each in names if each.startswith(letter)]
    return f"{letter}{max((each for each in taken if each is not None), default=-1) + 1}"


def sent_names(place: Path) -> tuple[str, ...]:
    """What was ever sent, as it is noted among the revisions; none where nobody noted any.

    Raises InputError `bad_sent` for a note that is not as it was written.
    """
    path = place / SENT
    try:
        told = read_sealed(path, "bad_sent", _HINT_OF_SENT)
    except FileNotFoundError:
        return ()
    found = _SentNames.read(told, path, "bad_sent")
    return tuple(each for each in found.sent if revision_number(each) is not None)


def note_sent(place: Path, name: str) -> None:
    """Note that a revision was sent: its number is never given again.

    Raises InputError as `sent_names`, MachineError.
    """
    names = dict.fromkeys([*sent_names(place), name])
    placed(place / SENT, sealed({"schema": SCHEMA, "sent": [*names]}), lasting=True)


def read_revision_record(folder: Path) -> RevisionRecord:
    """Read a revision's record.

    Raises InputError `bad_revision` for one that is gone, damaged, edited or of another schema.
    """
    path = folder / RECORD
    try:
        told = told_of(path, "bad_revision", _HINT)
    except FileNotFoundError:
        raise _bad(path, f"{RECORD} is gone") from None
    schema = told.get("schema") if isinstance(told, dict) else None
    if isinstance(schema, int) and schema != SCHEMA and not isinstance(schema, bool):
        said = f"this revision is of schema {schema}, and this stemwright reads {SCHEMA}"
        raise _bad(path, said, "read it with the stemwright that wrote it")
    shape = RevisionShape.read(told, path, "bad_revision")
    found = RevisionRecord(
        shape.revision,
        shape.words,
        shape.who,
        shape.when,
        shape.stemwright,
        shape.files,
        shape.freeze,
    )
    if seal_of(told) != shape.digest:
        raise _bad(path, f"{RECORD} was edited: it is not what its own digest says")
    if found.revision != folder.name:
        raise _bad(path, f"this is {found.revision}, and its folder is called {folder.name}")
    return found


def _bad(path: Path, said: str, hint: str = _HINT) -> InputError:
    return InputError(Problem("bad_revision", said, {"file": str(path)}, hint=hint))
