"""Words of messages: what can be shown of any text, the nearest valid word, words in a row."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote
from unicodedata import category


def printable(text: object) -> str:
    """`text` with what no terminal or JSON reader can take (lone surrogates, NUL) escaped."""
    return str(text).encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def quoted(path: object) -> str:
    """A path as a shell reads it, in a command that is to be typed."""
    return quote(printable(path))


def in_one_line(text: str) -> str:
    """`text` with a space for each control character, and whatever else ends a line."""
    return "".join(" " if category(each) in ("Cc", "Zl", "Zp") else each for each in text)


def listed(words: Sequence[str], most: int = 40) -> str:
    """Words in a row, "and 12 more" at the end where there are more than `most`."""
    more = len(words) - most
    shown = ", ".join(words[:most])
    return f"{shown} and {more} more" if more > 0 else shown


def clock(seconds: float, digits: int = 3) -> str:
    """A time to the millisecond, 1:02.500; with fewer `digits` what stands before them, 1:02.

    So who goes there hears what follows, and no time has a 60th second.
    """
    parts = 10**digits
    whole = round(seconds * 1000) * parts // 1000
    minutes, rest = divmod(abs(whole), 60 * parts)
    sign = "-" if whole < 0 else ""
    return f"{sign}{minutes}:{rest / parts:0{3 + digits if digits else 2}.{digits}f}"


def counted(count: int, what: str) -> str:
    """A number with its noun: 1 point, 2 points."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def nearest(word: object, words: Sequence[str]) -> str | None:
    """The closest of `words` to what was written, or None when nothing comes near."""
    if not isinstance(word, str) or not 0 < len(word) <= _LONGEST_WORD:
        return None
    asked = _bare(word)
    slips = 1 if len(asked) < 6 else 2 if len(asked) < 9 else 3
    best: tuple[int, str] | None = None
    for known in words[:_MOST_WORDS]:
        bare = _bare(known)
        is_start = len(asked) >= 3 and bare.startswith(asked)
        apart = 1 if is_start else _slips(asked, bare, slips)
        if apart <= slips and apart < max(len(asked), 1) and (best is None or apart < best[0]):
            best = (apart, known)
    return best[1] if best else None


_LONGEST_WORD = 100
_MOST_WORDS = 300


def _bare(word: str) -> str:
    """Case, spaces, hyphens and underlines make no other word."""
    return word.casefold().translate({ord(mark): None for mark in " -_"})


def _slips(one: str, other: str, most: int) -> int:
    """Letters wrong, missing, too many or swapped (optimal string alignment); or `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
