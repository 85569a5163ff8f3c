"""A TOML file of ours, a chain or a job: its text, its data, its places, its schema."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chains.bounds import MAX_BYTES, NotPlainError, read_plain, too_long_key, too_much
from chains.editing.scanning import lines_of
from chains.faults import Fault, FileError
from chains.lines import Source, Where
from chains.validation import frozen
from stemwright.values import dataclass
from stemwright.words import nearest

Data = Mapping[str, Any]


@dataclass(frozen=True)
class FileKind:
    """What is said of one kind of file, and raised where it cannot be used.

    `current` is the schema that is read, `minimum` what such a file has at least, `example` the
    one to start from.
    """

    noun: str
    current: int
    minimum: str
    example: str
    error: type[FileError]


def of_this_schema(data: Data, source: Source, kind: FileKind) -> tuple[Data, list[Fault]]:
    """Return data of the current schema; the kind's error when its version is another.

    Data without a version is told, and taken as the current one, so that all else is told too.
    """
    version = data.get("schema")
    if type(version) is not int:
        near = nearest("schema", tuple(data)) if "schema" not in data else None
        others = {key: value for key, value in data.items() if key != near}
        return {**others, "schema": kind.current}, [_unnamed(data, source, kind)]
    if version != kind.current:
        told = _newer if version > kind.current else _unknown
        raise kind.error([told(version, source, kind)])
    return data, []


def _unnamed(data: Data, source: Source, kind: FileKind) -> Fault:
    where, expected = source.where("schema"), f"schema = {kind.current}"
    if "schema" in data:
        return Fault("wrong_type", "schema is not a whole number", where, expected)
    return Fault(
        "missing_key",
        f"schema is missing; expected {expected}",
        where,
        expected=expected,
        nearest=nearest("schema", tuple(data)),
        hint=f"put {expected} at the top of the file",
    )


def _newer(version: int, source: Source, kind: FileKind) -> Fault:
    return Fault(
        "schema_newer",
        f"this {kind.noun} is of schema {version}, newer than this stemwright reads",
        source.where("schema"),
        expected=f"schema = {kind.current} or older",
        hint="update stemwright",
    )


def _unknown(version: int, source: Source, kind: FileKind) -> Fault:
    return Fault(
        "schema_unknown",
        f"there never was a schema {version}",
        source.where("schema"),
        expected=f"schema = {kind.current}",
        hint=f"write schema = {kind.current}",
    )


_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def toml_data(text: str, file: str | None, kind: FileKind) -> tuple[Data, Source]:
    """Return the data of a text, lists as tuples, and where each value stands.

    Raises the kind's error for what is no TOML, empty, or beyond all measure.
    """
    long_key = too_long_key(text, file, kind.noun, kind.example)
    if long_key is not None:
        raise kind.error([long_key])
    try:
        data = tomllib.loads(text)
        beyond = too_much(data, file, kind.noun, kind.example)
        if beyond is not None:
            raise kind.error([beyond])
        source = Source(file, lines_of(text))
    except tomllib.TOMLDecodeError as error:
        raise kind.error([_syntax(str(error), text, file)]) from None
    except (RecursionError, ValueError) as error:
        raise kind.error([_syntax(_unusual(error), text, file)]) from None
    if not data:
        raise kind.error([_empty(file, kind)])
    return frozen(data), source


def _unusual(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else "a number without bounds"


def _syntax(said: str, text: str, file: str | None) -> Fault:
    rows = text.split("\n")
    position = _POSITION.search(said)
    line = int(position[1]) if position and position[1] else len(rows) if position else None
    shown = rows[line - 1].strip()[:80] if line else ""
    column = f", column {position[2]}" if position and position[2] else ""
    said = _POSITION.sub("", said)
    return Fault(
        "toml_syntax",
        f"not TOML{column}: {said[:1].lower()}{said[1:]}" + (f": {shown}" if shown else ""),
        Where(file, line),
        expected="TOML (toml.io)",
        hint="correct this place first; what follows it could not be read",
    )


def _empty(file: str | None, kind: FileKind) -> Fault:
    return Fault(
        "file_empty",
        f"the {kind.noun} is empty",
        Where(file, 1),
        expected=kind.minimum,
        hint=f"start from {kind.example}",
    )


def toml_text(path: Path, kind: FileKind) -> str:
    """Return the text of a file. Raises the kind's error where it cannot be had."""
    try:
        content = read_plain(path)
    except NotPlainError:
        message = "this is a pipe or a device, not a file"
        raise kind.error([_file_fault(kind, "file_not_plain", message, path)]) from None
    except (OSError, ValueError) as error:
        raise kind.error([_unreadable(kind, path, error)]) from None
    if len(content) > MAX_BYTES:
        message = f"larger than {MAX_BYTES // 1000} kB: this is no {kind.noun}"
        raise kind.error([_file_fault(kind, "file_too_large", message, path)])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise kind.error([_not_utf8(path, line)]) from None


def _not_utf8(path: Path, line: int) -> Fault:
    return Fault(
        "file_not_utf8",
        "not UTF-8 text",
        Where(str(path), line),
        expected="a TOML file in UTF-8",
        hint="save it as UTF-8 in your editor",
    )


def _unreadable(kind: FileKind, path: Path, error: Exception) -> Fault:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        near = nearest(path.name, _neighbours(path))
        return _file_fault(kind, "file_missing", "there is no such file", path, near)
    if isinstance(error, IsADirectoryError) or _is_folder(path):
        return _file_fault(
            kind, "file_is_folder", f"this is a folder, not a {kind.noun} file", path
        )
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return _file_fault(kind, "file_unreadable", f"cannot be read: {reason}", path)


def _neighbours(path: Path) -> tuple[str, ...]:
    try:
        return tuple(sorted(entry.name for entry in path.parent.glob("*.toml")))
    except OSError:
        return ()


def _is_folder(path: Path) -> bool:
    """Windows answers that access is denied where a folder is opened."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _file_fault(
    kind: FileKind, code: str, message: str, path: Path, near: str | None = None
) -> Fault:
    expected = f"a {kind.noun} file (TOML)"
    return Fault(code, message, Where(str(path)), expected=expected, nearest=near)
