"""Places in a chain file: a path of keys and indices, and the line each stands on."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import field

from stemwright.values import dataclass

At = tuple[str | int, ...]
"""Keys and list indices from the top of the file: ("group", 0, "insert", 1, "ratio")."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def dotted(at: At) -> str:
    """Write a path the way users read it: `group[0].insert[1].params."Output Level"`."""
    text = ""
    for step in at:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            key = step if _BARE.fullmatch(step) else json.dumps(step, ensure_ascii=False)
            text += f".{key}" if text else key
    return text


@dataclass(frozen=True)
class Where:
    """One place: the file as its user named it, the line from 1, the dotted path.

    `at` is the same path in pieces, so that a deeper place can be asked of `Chain.locate`.
    """

    file: str | None = None
    line: int | None = None
    path: str = ""
    at: At = field(default=(), repr=False)

    def as_json(self) -> dict[str, str | int]:
        """The `where` object of an error: only what is known."""
        known = {"file": self.file, "line": self.line, "path": self.path or None}
        return {name: value for name, value in known.items() if value is not None}

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return " ".join(part for part in (place, self.path) if part)


NOWHERE = Where()
"""The place of what was built in code and stands in no file."""


@dataclass(frozen=True)
class Source:
    """Which line every path of one file stands on."""

    file: str | None = None
    lines: Mapping[At, int] = field(default_factory=dict)

    def where(self, *at: str | int) -> Where:
        """Point at a path; one that is not in the file gets the line of its nearest parent."""
        known = at
        while known and known not in self.lines:
            known = known[:-1]
        return Where(self.file, self.lines.get(known), dotted(at), at)


_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\"]|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:\\.|[^\\"\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


def lines_of(text: str) -> dict[At, int]:
    """Map every path of a TOML text that tomllib accepts to its line, counted from 1.

    A value stands on the line of its key, a list element on its own first line, a table on the
    line of its header (its first mention, when it has none).
    """
    return _Scanner(text).scan()


class _Scanner:
    """Walks a valid TOML text once, noting where each key, table and element begins."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0
        self._lines: dict[At, int] = {(): 1}
        self._last_index: dict[At, int] = {}

    def scan(self) -> dict[At, int]:
        """Read to the end of the text."""
        table: At = ()
        while self._next_mark():
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise ValueError(f"not TOML at character {self._at}")
        self._at = found.end()
        return found.group()

    def _next_mark(self) -> str:
        """Skip blanks and comments; the next character, or nothing at the end."""
        self._take(_BLANK)
        return self._text[self._at : self._at + 1]

    def _header(self) -> At:
        line = self._here()
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        self._at += brackets
        keys = self._key()
        self._at += brackets
        return self._open_table(keys, brackets == 2, line)

    def _open_table(self, keys: list[str], is_element: bool, line: int) -> At:
        at: At = ()
        for key in keys[:-1]:
            at = (*at, key)
            self._lines.setdefault(at, line)
            if at in self._last_index:
                at = (*at, self._last_index[at])
        at = (*at, keys[-1])
        if not is_element:
            self._lines[at] = line
            return at
        self._lines.setdefault(at, line)
        self._last_index[at] = self._last_index.get(at, -1) + 1
        at = (*at, self._last_index[at])
        self._lines[at] = line
        return at

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._take(_SPACE)
            parts.append(self._key_part())
            self._take(_SPACE)
            if self._text[self._at] != ".":
                return parts
            self._at += 1

    def _key_part(self) -> str:
        if self._text[self._at] not in "\"'":
            return self._take(_BARE_KEY)
        return str(tomllib.loads(f"key = {self._take(_STRING)}")["key"])

    def _pair(self, table: At) -> None:
        line = self._here()
        at = table
        for key in self._key():
            at = (*at, key)
            self._lines.setdefault(at, line)
        self._at += 1
        self._take(_SPACE)
        self._value(at)

    def _value(self, at: At) -> None:
        first = self._text[self._at]
        if first == "[":
            self._array(at)
        elif first == "{":
            self._inline_table(at)
        else:
            self._take(_STRING if first in "\"'" else _SCALAR)

    def _array(self, at: At) -> None:
        self._at += 1
        index = 0
        while (mark := self._next_mark()) != "]":
            if mark == ",":
                self._at += 1
                continue
            self._lines[(*at, index)] = self._here()
            self._value((*at, index))
            index += 1
        self._at += 1

    def _inline_table(self, at: At) -> None:
        self._at += 1
        while (mark := self._next_mark()) != "}":
            if mark == ",":
                self._at += 1
            else:
                self._pair(at)
        self._at += 1
