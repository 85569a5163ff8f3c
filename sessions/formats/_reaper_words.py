"""The words of REAPER's lines, apart and together: numbers, and texts in three kinds of quotes.

A text that holds blanks stands in a kind of quotes it does not hold; a name that holds all three
in a block of its own, behind a bar (as in projects that REAPER saved).
"""

from __future__ import annotations

import math
import re

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
