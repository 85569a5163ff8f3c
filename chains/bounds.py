"""How large a chain file may be: what is larger is no chain, and is refused before it costs time.

A chain comes from a stranger as often as from a colleague. Within these bounds reading and planning
one takes at most some seconds and some 200 MB, whatever is in it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chains.faults import Fault
from chains.lines import At, Where

MAX_BYTES = 1_000_000
"""More is no chain: the largest sensible ones have some 20 kB."""
MAX_VALUES = 20_000
"""Tables, keys and list elements of a file together."""
MAX_DEPTH = 16
"""Tables and lists inside each other; a chain needs seven."""
MAX_SELECTORS = 2000
"""Selectors of stems, those of versions included: each is held to every stem of a song."""
MAX_SELECTOR = 300
"""Characters of one; a file's name has at most 255."""
MAX_FOLDERS = 64
"""Folders in one path, as `/` and `\\` part them."""
MAX_TEXT = 4096
"""Characters of one text: a path, a name, a display text."""

_NOUN, _EXAMPLE = "chain", "chains/library/template.toml"

_LONG_KEY = re.compile(
    r"(?<![\w-])(?:(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+)"
    f"{{{MAX_DEPTH}}}"
)
_BEFORE_KEYS = ("", "\n", "[", "{", ",")


def read_plain(path: Path) -> bytes:
    """Return the bytes of a file, at most MAX_BYTES and one; nothing but a plain file is opened.

    Raises IsADirectoryError for a folder, OSError `not a plain file` for a pipe or a device, and
    OSError or ValueError as the system does.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NotPlainError
        return file.read(MAX_BYTES + 1)


class NotPlainError(OSError):
    """What was named is a pipe, a device or a socket."""


def too_long_key(
    text: str, file: str | None, noun: str = _NOUN, example: str = _EXAMPLE
) -> Fault | None:
    """Find a key of too many parts, which no reader should be asked to read."""
    for found in _LONG_KEY.finditer(text):
        start = found.start()
        while start and text[start - 1] in " \t":
            start -= 1
        if text[max(start - 1, 0) : start] in _BEFORE_KEYS:
            line = text.count("\n", 0, found.start()) + 1
            beyond = f"at most {MAX_DEPTH} parts"
            return _fault("a key of too many parts", beyond, Where(file, line), noun, example)
    return None


def too_much(
    data: Mapping[str, Any], file: str | None, noun: str = _NOUN, example: str = _EXAMPLE
) -> Fault | None:
    """Say which bound the data of a file is beyond, if any."""
    beyond = _beyond(data)
    return None if beyond is None else _fault(*beyond, Where(file), noun, example)


def _beyond(data: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is too much, and how much may be."""
    for count, (at, value) in enumerate(values_of(data), 1):
        name = next((str(step) for step in at if isinstance(step, str)), "")[:40]
        if count > MAX_VALUES:
            return "too many settings", f"at most {MAX_VALUES} values in all"
        if len(at) > MAX_DEPTH:
            return f"{name}: too deep", f"at most {MAX_DEPTH} levels"
        if any(isinstance(each, str) and len(each) > MAX_TEXT for each in (value, at[-1])):
            return f"{name}: too long a text", f"at most {MAX_TEXT} characters"
        if isinstance(value, str) and value.count("/") + value.count("\\") > MAX_FOLDERS:
            return f"{name}: too long a path", f"at most {MAX_FOLDERS} folders"
    selectors = [*_selectors(data)]
    if len(selectors) > MAX_SELECTORS:
        return f"{len(selectors)} selectors", f"at most {MAX_SELECTORS} in all"
    if any(isinstance(each, str) and len(each) > MAX_SELECTOR for each in selectors):
        return "too long a selector", f"at most {MAX_SELECTOR} characters"
    return None


def _selectors(data: Mapping[str, Any]) -> Iterator[Any]:
    for tables, words in (("group", ("stems",)), ("version", ("mute", "only"))):
        rows = data.get(tables)
        for row in rows if isinstance(rows, list) else ():
            for word in words if isinstance(row, dict) else ():
                found = row.get(word)
                yield from found if isinstance(found, list) else ()


def values_of(data: Mapping[str, Any]) -> Iterator[tuple[At, Any]]:
    """Every value with its path, the deeper ones later, without recursion."""
    waiting: list[tuple[At, Any]] = [((), data)]
    while waiting:
        at, value = waiting.pop()
        if at:
            yield at, value
        if isinstance(value, dict):
            waiting += [((*at, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            waiting += [((*at, index), item) for index, item in enumerate(value)]


def _fault(message: str, expected: str, where: Where, noun: str, example: str) -> Fault:
    return Fault(
        "file_too_large",
        f"{message}: this is no {noun}",
        where,
        expected=expected,
        hint=f"see {example} for what a {noun} looks like",
    )
