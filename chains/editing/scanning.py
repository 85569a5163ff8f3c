"""Where everything stands in a TOML text: its headers, keys and values, to the character."""

from __future__ import annotations

import re
import tomllib
from dataclasses import field

from chains.lines import At
from stemwright.values import dataclass

_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_COMMENT = re.compile(r"#[^\r\n]*")
_SPACE = re.compile(r"[ \t]*")
_REST = re.compile(r"[ \t]*(?:#[^\r\n]*)?")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\"]|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:\\.|[^\\"\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


@dataclass(frozen=True)
class Statement:
    """A header, or a key with a value that is in no other: its path, and from where to where.

    `table` is the header that a key stands under, () above all of them; `end` is that of the line,
    with its comment and without its line end.
    """

    at: At
    table: At
    start: int
    end: int
    is_header: bool


@dataclass(frozen=True)
class Layout:
    """A text taken apart: lines by path, values from where to where, all in their order.

    `keys` has where the key of a value begins, which an element of a list has not.
    """

    lines: dict[At, int] = field(default_factory=dict)
    values: dict[At, tuple[int, int]] = field(default_factory=dict)
    keys: dict[At, int] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    comments: list[tuple[int, int]] = field(default_factory=list)


def lines_of(text: str) -> dict[At, int]:
    """Map every path of a TOML text that tomllib accepts to its line, counted from 1.

    A value stands on the line of its key, a list element on its own first line, a table on the
    line of its header (its first mention, when it has none).
    """
    return layout_of(text).lines


def layout_of(text: str) -> Layout:
    """Take a TOML text apart that tomllib accepts."""
    return _Scanner(text).scan()


class _Scanner:
    """Walks a valid TOML text once, noting where each key, table and element begins and ends."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0
        self._found = Layout()
        self._lines = self._found.lines
        self._lines[()] = 1
        self._last_index: dict[At, int] = {}

    def scan(self) -> Layout:
        """Read to the end of the text."""
        table: At = ()
        while self._next_mark():
            start = self._at
            is_header = self._text[start] == "["
            if is_header:
                table = at = self._header()
            else:
                at = self._pair(table)
            rest = _REST.match(self._text, self._value_end(at, is_header=is_header))
            end = self._at if rest is None else rest.end()
            self._found.statements.append(Statement(at, table, start, end, is_header))
        return self._found

    def _value_end(self, at: At, *, is_header: bool) -> int:
        return self._at if is_header else self._found.values[at][1]

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
        start = self._at
        self._take(_BLANK)
        comments = _COMMENT.finditer(self._text, start, self._at)
        self._found.comments.extend(each.span() for each in comments)
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

    def _pair(self, table: At) -> At:
        line, start = self._here(), self._at
        at = table
        for key in self._key():
            at = (*at, key)
            self._lines.setdefault(at, line)
        self._at += 1
        self._take(_SPACE)
        self._found.keys[at] = start
        self._value(at)
        return at

    def _value(self, at: At) -> None:
        start = self._at
        first = self._text[start]
        if first == "[":
            self._array(at)
        elif first == "{":
            self._inline_table(at)
        else:
            self._take(_STRING if first in "\"'" else _SCALAR)
        end = start + len(self._text[start : self._at].rstrip())
        self._found.values[at] = start, end

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
