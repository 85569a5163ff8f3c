"""repairs.json: what a folder of repaired stems was made of, step by step; its one reader.

Its last key is a digest of all the rest, and it has one of every other file: what was changed
since is told from what was written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from blake3 import blake3
from pydantic import AfterValidator, Field

from bridge.checking.repairing.steps import RepairStep
from bridge.finished import Frames, Many, Shape, Text, Told, told_of
from bridge.storing import file_digest
from stemwright.problems import InputError, Problem

RECORD = "repairs.json"
SCHEMA = 1
_SEAL = "digest"
_HINT = "repair the stems again: stemwright check SESSION --repair DIR"


def _name(word: str) -> str:
    if word in ("", ".", "..") or "/" in word or "\0" in word:
        raise ValueError("expected the name of a file in the folder")
    return word


Name = Annotated[Text, AfterValidator(_name)]


class SourceFile(Shape):
    """A file that a stem was read from: its place seen from the folder, `member` of a zip there."""

    file: Text
    member: Text | None
    digest: Text


class StemRow(Shape):
    """A stem: where it came from, and what it is called here."""

    stem: Text
    files: Many[SourceFile]
    outputs: Many[Name]


class StepRow(Shape):
    """A step that was done, `digest` being of the samples it left; None for one only tried."""

    stem: Text
    code: Text
    finding: Text
    first: Frames
    stop: Frames
    method: Text
    version: int
    channel: int | None
    parameters: dict[Text, float]
    also: Many[Text]
    digest: Text | None = None

    def as_step(self) -> RepairStep:
        """The value that mending knows it by."""
        told = {key: value for key, value in self.model_dump().items() if key != "digest"}
        return RepairStep(**told)


class RefusedRow(Shape):
    """A finding that was not mended; where a step was tried, its range hides what is there."""

    step: StepRow | None


class RepairsRecord(Told):
    """All of repairs.json; `files` are the others of the folder, by their digests."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    stemwright: Text
    stems: Many[StemRow]
    steps: Many[StepRow]
    refused: Many[RefusedRow]
    files: dict[Name, Text]

    def tried(self, stem: str) -> tuple[RepairStep, ...]:
        """The steps of a stem, those that were refused among them."""
        rows = (*self.steps, *(each.step for each in self.refused if each.step is not None))
        return tuple(each.as_step() for each in rows if each.stem == stem)


def as_bytes(told: Mapping[str, Any]) -> bytes:
    """The bytes of a record that says `told`, its seal last."""
    return _octets({**told, _SEAL: _seal(told)})


def has_repairs(folder: Path) -> bool:
    """Whether this is a folder with a record of repairs in it, whatever that says."""
    return folder.is_dir() and (folder / RECORD).is_file()


def read_repairs(folder: Path) -> RepairsRecord:
    """Return what DIR/repairs.json says.

    Raises InputError `bad_repairs` for one that is missing, damaged, edited or of another version.
    """
    path = folder / RECORD
    try:
        told = told_of(path, "bad_repairs", _HINT)
    except FileNotFoundError:
        raise _bad(path, f"{RECORD} is missing") from None
    if not isinstance(told, dict) or told.get(_SEAL) != _seal(told):
        raise _bad(path, f"{RECORD} was edited: it is not what its own digest says")
    if told.get("schema") != SCHEMA:
        raise _bad(path, f"this record is of schema {told.get('schema')}, and this reads {SCHEMA}")
    return RepairsRecord.read(told, path, "bad_repairs")


def is_as_written(folder: Path) -> bool:
    """Whether a folder holds repaired stems and nothing else, every file as it was written."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    try:
        record = read_repairs(folder)
    except InputError:
        return False
    names = {path.name for path in folder.iterdir()}
    return names == {RECORD, *record.files} and not any(differing(folder, record))


def differing(folder: Path, record: RepairsRecord) -> Iterator[str]:
    """The files of the folder that are gone or have other bytes than were written."""
    for name, digest in record.files.items():
        path = folder / name
        if path.is_symlink() or not path.is_file() or file_digest(path) != digest:
            yield name


def seen_from(path: Path, folder: Path) -> str:
    """A path as the record has it, seen from the folder; absolute where no way leads there."""
    try:
        return Path(os.path.relpath(path, folder.resolve())).as_posix()
    except ValueError:
        return path.as_posix()


def _seal(told: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in told.items() if key != _SEAL}
    return blake3(_octets(rest)).hexdigest()


def _octets(told: Mapping[str, Any]) -> bytes:
    text = json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False)
    return f"{text}\n".encode("utf-8", "backslashreplace")


def _bad(path: Path, said: str) -> InputError:
    return InputError(Problem("bad_repairs", said, {"file": str(path)}, hint=_HINT))
