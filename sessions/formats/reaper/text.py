"""The text of a REAPER project: words, lines and blocks, read and written."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sessions.errors import SessionError
from stemwright.problems import Problem

Word = str | int | float | bool

QUOTES = "\"'`"
VERBATIM = "|"
"""What a text begins with that stands in a block of its own, without quotes."""
_WORD = re.compile(r'"([^"]*)"?|\'([^\']*)\'?|`([^`]*)`?|(\S+)')
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./:{}@=,")


def split_words(line: str) -> list[str]:
    """The words of a line; one that holds blanks or quotes stands in another kind of quotes."""
    return [next(filter(None, match.groups()), "") for match in _WORD.finditer(line)]


def worded(word: Word) -> str:
    """A word as REAPER reads it back."""
    if isinstance(word, bool):
        return str(int(word))
    if isinstance(word, (int, float)):
        return numbered(word)
    return word if word and _SAFE.issuperset(word) else quoted(word)


def quoted(text: str) -> str:
    """A text in a kind of quotes it does not hold; line ends become blanks."""
    told = flat(text)
    for quote in QUOTES:
        if quote not in told:
            return f"{quote}{told}{quote}"
    return "`" + told.replace("`", "'") + "`"


def flat(text: str) -> str:
    """A text on one line: whatever ends a line, or is no character, becomes a blank."""
    return "".join(" " if ord(each) < 32 or each in "\x85\u2028\u2029" else each for each in text)


def numbered(value: float) -> str:
    """A number in the fewest digits that read back as the same; never an infinity."""
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return "0"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


_HIGHEST_NUMBER = 1e15
_DEEPEST = 100


@dataclass(frozen=True)
class Line:
    """A line with its number in the file."""

    text: str
    number: int

    @property
    def words(self) -> list[str]:
        """The line's words, the tag first."""
        return split_words(self.text)


@dataclass
class Block:
    """A block: the words after `<`, and the lines and blocks inside, in order."""

    words: list[str]
    number: int
    inside: list[Line | Block] = field(default_factory=list)

    @property
    def tag(self) -> str:
        """The block's kind, such as TRACK."""
        return self.words[0] if self.words else ""

    def blocks(self, *tags: str) -> Iterator[Block]:
        """The blocks directly inside that have one of `tags`."""
        return (each for each in self.inside if isinstance(each, Block) and each.tag in tags)

    def block(self, tag: str) -> Block | None:
        """The first block of that tag directly inside."""
        return next(self.blocks(tag), None)

    def lines(self, tag: str) -> Iterator[list[str]]:
        """The words of every line directly inside that begins with `tag`."""
        for each in self.inside:
            if isinstance(each, Line) and each.text.startswith(tag):
                words = each.words
                if words[0] == tag:
                    yield words

    def line(self, tag: str) -> list[str]:
        """The words of the first such line; none when it is not there."""
        return next(self.lines(tag), [])

    def texts(self) -> list[str]:
        """The plain lines directly inside."""
        return [each.text for each in self.inside if isinstance(each, Line)]


def word(words: list[str], at: int, otherwise: str = "") -> str:
    """The word at `at`, or `otherwise`."""
    return words[at] if at < len(words) else otherwise


def name_of(block: Block) -> str:
    """The NAME of a track or take; one with all three quotes in it stands in a block of its own."""
    own = block.block("NAME")
    if own is not None and own.texts():
        return own.texts()[0].removeprefix(VERBATIM)
    return word(block.line("NAME"), 1)


def number(words: list[str], at: int, otherwise: float = 0.0) -> float:
    """The finite number at `at`, or `otherwise`."""
    try:
        value = float(words[at])
    except (IndexError, ValueError):
        return otherwise
    return value if math.isfinite(value) and abs(value) <= _HIGHEST_NUMBER else otherwise


def is_number(word: str) -> bool:
    """Whether `number` takes `word` for what it says."""
    return number([word], 0, math.nan) == number([word], 0)


def integer(words: list[str], at: int, otherwise: int = 0) -> int:
    """The whole number at `at`, or `otherwise`."""
    return int(number(words, at, otherwise))


def parse(data: bytes, where: str) -> Block:
    """The file as a block without words that holds everything.

    Raises SessionError, with the line, for a block that is never closed or closed twice.
    """
    top = Block([], 0)
    open_blocks = [top]
    for at, raw in enumerate(_decoded(data).splitlines(), start=1):
        text = raw.strip()
        if text.startswith("<"):
            block = Block(split_words(text[1:]), at)
            open_blocks[-1].inside.append(block)
            open_blocks.append(block)
            if len(open_blocks) > _DEEPEST:
                raise SessionError(_broken(where, at, "blocks are nested too deeply"))
        elif text == ">":
            if len(open_blocks) == 1:
                raise SessionError(_broken(where, at, "a block is closed that was never opened"))
            open_blocks.pop()
        elif text:
            open_blocks[-1].inside.append(Line(text, at))
    if len(open_blocks) > 1:
        left = open_blocks[-1]
        raise SessionError(_broken(where, left.number, f"the block <{left.tag} is never closed"))
    return top


def _decoded(data: bytes) -> str:
    # "\x1c" and the like end lines for str.splitlines, never for REAPER.
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return text.translate({0x0B: 32, 0x0C: 32, 0x1C: 32, 0x1D: 32, 0x1E: 32, 0x85: 32}).replace(
        "\u2028", " "
    )


def _broken(where: str, line: int, fault: str) -> Problem:
    return Problem(
        "malformed_session",
        f"{where}, line {line}: {fault}",
        {"file": where, "line": line},
        expected="a complete REAPER project",
        hint="copy the project again or save it anew in REAPER: it may be cut short",
    )


_NAMESPACE = uuid.UUID("8d8a7c2e-6f0b-5a57-9c0e-6b5b3b9a2f11")


class Text:
    """Lines as they come, indented by the blocks they stand in."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._depth = 0

    def line(self, tag: str, *words: Word) -> None:
        """One line of a tag and its words."""
        self.raw(" ".join([tag, *map(worded, words)]))

    def name(self, text: str) -> None:
        """A NAME line, and behind it a block of its own where no quotes are left for the line."""
        self.line("NAME", text)
        if all(quote in text for quote in QUOTES):
            with self.block("NAME"):
                self.raw(VERBATIM + flat(text))

    def raw(self, text: str) -> None:
        """One line as it stands."""
        self._lines.append("  " * self._depth + text)

    @contextmanager
    def block(self, tag: str, *words: Word) -> Iterator[None]:
        """A block around what is written inside the `with`."""
        self.line(f"<{tag}", *words)
        self._depth += 1
        yield
        self._depth -= 1
        self.raw(">")

    def data(self) -> bytes:
        """The whole file, as REAPER on Windows and elsewhere reads it."""
        return ("\n".join(self._lines) + "\n").encode("utf-8", "replace")


def guid(*named: object) -> str:
    """The id, in braces, of what is named so: the same session gets the same ids."""
    text = "/".join(str(each) for each in named)
    return "{" + str(uuid.uuid5(_NAMESPACE, text)).upper() + "}"


def track_guid(track_id: str) -> str:
    """A track's own id where it is one of REAPER's form, else one made of it."""
    try:
        return "{" + str(uuid.UUID(track_id)).upper() + "}"
    except ValueError:
        return guid("track", track_id)
