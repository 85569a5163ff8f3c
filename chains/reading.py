"""Reading a chain file: text to Chain, or every fault in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chains.bounds import MAX_BYTES, NotPlainError, read_plain, too_long_key, too_much
from chains.faults import ChainError, Fault
from chains.lines import Source, Where, lines_of
from chains.model import Chain
from chains.validation import chain_of, frozen
from chains.wire import CURRENT
from stemwright.words import nearest

Data = Mapping[str, Any]


def of_this_schema(data: Data, source: Source) -> tuple[Data, list[Fault]]:
    """Return data of the current schema; ChainError when its version is another.

    Data without a version is told, and taken as the current one, so that all else is told too.
    """
    version = data.get("schema")
    if type(version) is not int:
        near = nearest("schema", tuple(data)) if "schema" not in data else None
        others = {key: value for key, value in data.items() if key != near}
        return {**others, "schema": CURRENT}, [_unnamed(data, source)]
    if version != CURRENT:
        told = _newer if version > CURRENT else _unknown
        raise ChainError([told(version, source)])
    return data, []


def _unnamed(data: Data, source: Source) -> Fault:
    where, expected = source.where("schema"), f"schema = {CURRENT}"
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


def _newer(version: int, source: Source) -> Fault:
    return Fault(
        "schema_newer",
        f"this chain is of schema {version}, newer than this stemwright reads",
        source.where("schema"),
        expected=f"schema = {CURRENT} or older",
        hint="update stemwright",
    )


def _unknown(version: int, source: Source) -> Fault:
    return Fault(
        "schema_unknown",
        f"there never was a schema {version}",
        source.where("schema"),
        expected=f"schema = {CURRENT}",
        hint=f"write schema = {CURRENT}",
    )


_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

LIBRARY = Path(__file__).with_name("library")
"""The folder of the chains that come with stemwright."""


def load(path: Path | str) -> Chain:
    """Read a chain file.

    Paths inside it are relative to its folder, and state files must exist. Raises ChainError with
    all faults, each with file:line; a text that is not TOML has one, where its grammar broke.
    """
    path = Path(path)
    return loads(_text(path), path)


def loads(text: str, path: Path | None = None) -> Chain:
    """Read a chain from text; `path` is the file it stands for, if any.

    Without a path, relative state files are not looked for. Raises ChainError as `load` does.
    """
    file = None if path is None else str(path)
    data, source = _parsed(text.removeprefix("\ufeff"), file)
    data, faults = of_this_schema(data, source)
    return chain_of(data, source, path, faults)


def _parsed(text: str, file: str | None) -> tuple[Mapping[str, Any], Source]:
    long_key = too_long_key(text, file)
    if long_key is not None:
        raise ChainError([long_key])
    try:
        data = tomllib.loads(text)
        beyond = too_much(data, file)
        if beyond is not None:
            raise ChainError([beyond])
        source = Source(file, lines_of(text))
    except tomllib.TOMLDecodeError as error:
        raise ChainError([_syntax(str(error), text, file)]) from None
    except (RecursionError, ValueError) as error:
        raise ChainError([_syntax(_unusual(error), text, file)]) from None
    if not data:
        raise ChainError([_empty(file)])
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


def _empty(file: str | None) -> Fault:
    return Fault(
        "file_empty",
        "the chain is empty",
        Where(file, 1),
        expected="schema = 1 and at least one [[group]]",
        hint="start from chains/library/template.toml",
    )


def _text(path: Path) -> str:
    try:
        content = read_plain(path)
    except NotPlainError:
        message = "this is a pipe or a device, not a file"
        raise ChainError([_file_fault("file_not_plain", message, path)]) from None
    except (OSError, ValueError) as error:
        raise ChainError([_unreadable(path, error)]) from None
    if len(content) > MAX_BYTES:
        message = f"larger than {MAX_BYTES // 1000} kB: this is no chain"
        raise ChainError([_file_fault("file_too_large", message, path)])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ChainError([_not_utf8(path, line)]) from None


def _not_utf8(path: Path, line: int) -> Fault:
    return Fault(
        "file_not_utf8",
        "not UTF-8 text",
        Where(str(path), line),
        expected="a TOML file in UTF-8",
        hint="save it as UTF-8 in your editor",
    )


def _unreadable(path: Path, error: Exception) -> Fault:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        near = nearest(path.name, _neighbours(path))
        return _file_fault("file_missing", "there is no such file", path, near)
    if isinstance(error, IsADirectoryError) or _is_folder(path):
        return _file_fault("file_is_folder", "this is a folder, not a chain file", path)
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return _file_fault("file_unreadable", f"cannot be read: {reason}", path)


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


def _file_fault(kind: str, message: str, path: Path, near: str | None = None) -> Fault:
    return Fault(kind, message, Where(str(path)), expected="a chain file (TOML)", nearest=near)
