"""What a revision says of itself: who sent it when, with which words, and every file's digest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from bridge.finished import Shape, Text, told_of
from bridge.jobs.seals import seal_of, sealed
from stemwright.problems import InputError, Problem

REVISIONS = "revisions"
"""The folder of a job in which its revisions lie."""
DRAFTS = "drafts"
"""The folder in which drafts lie that `restore` took the place of: d0, d1, ..."""
RECORD = "revision.json"
KEPT_JOB = "job-as-sent.toml"
"""The job file in a revision: under its own name it would make the revision a job."""
SCHEMA = 1

Counted = Literal["first", "included", "extra"]

_NAME = re.compile(r"[rd](0|[1-9]\d{0,99})")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HINT = "the revision's other files may be whole: fetch this one from a copy of the folder"


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


class RevisionShape(Shape):
    """revision.json as it is read. `digest` is of all the rest of it."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    stemwright: Text
    revision: Text
    words: Text
    who: Text
    when: Text
    freeze: bool = False
    revisions_included: Annotated[int, Field(ge=0)] | None = None
    counts_as: Counted | None = None
    files: dict[FilePath, Digest]
    digest: Digest


@dataclass(frozen=True)
class Agreement:
    """What a revision counts as, and the `revisions_included` the job said when it was sent."""

    counts_as: Counted
    revisions_included: int | None

    def as_json(self) -> dict[str, Any]:
        """Its keys in revision.json and in a row of sent.json."""
        return {"revisions_included": self.revisions_included, "counts_as": self.counts_as}


def agreement_on(number: int, revisions_included: int | None) -> Agreement:
    """What the revision of a number counts as where that many are included after the first."""
    if number == 0:
        return Agreement("first", revisions_included)
    within = revisions_included is None or number <= revisions_included
    return Agreement("included" if within else "extra", revisions_included)


@dataclass(frozen=True)
class RevisionRecord:
    """A revision's own record; `files` has the blake3 of every file in it, by its path.

    `when` is a time of the clock with its offset, ISO 8601. It is in no digest of the sound.
    `freeze`: it was sent to be frozen, which is done once it is whole. A kept draft has no
    `agreement`.
    """

    revision: str
    words: str
    who: str
    when: str
    stemwright: str
    files: Mapping[str, str] = field(default_factory=dict)
    freeze: bool = False
    agreement: Agreement | None = None

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
            **({} if self.agreement is None else self.agreement.as_json()),
            "files": dict(sorted(self.files.items())),
        }


def revision_number(name: str) -> int | None:
    """The number of a revision or kept draft: 2 of "r2", 0 of "d0"; None for another name."""
    found = _NAME.fullmatch(name)
    return None if found is None else int(found[1])


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
        None if shape.counts_as is None else Agreement(shape.counts_as, shape.revisions_included),
    )
    if seal_of(told) != shape.digest:
        raise _bad(path, f"{RECORD} was edited: it is not what its own digest says")
    if found.revision != folder.name:
        raise _bad(path, f"this is {found.revision}, and its folder is called {folder.name}")
    return found


def _bad(path: Path, said: str, hint: str = _HINT) -> InputError:
    return InputError(Problem("bad_revision", said, {"file": str(path)}, hint=hint))
