"""File names of a bundle: natural order, and what is left once the common parts are taken off."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from stemwright.values import dataclass

AUDIO_EXTENSIONS = frozenset({"wav", "wave", "bwf", "rf64", "aif", "aiff", "aifc", "flac"})
OTHER_AUDIO = {
    "mp3": "MP3",
    "ogg": "Ogg",
    "oga": "Ogg",
    "opus": "Opus",
    "m4a": "MPEG-4",
    "aac": "AAC",
    "mp4": "MPEG-4",
    "wma": "Windows Media",
    "caf": "CAF",
    "w64": "Wave64",
    "ape": "APE",
    "wv": "WavPack",
    "sd2": "Sound Designer II",
}
"""What audio that is no stem is called, by its extension."""
OTHER_AUDIO_EXTENSIONS = frozenset(OTHER_AUDIO)
AS_STEM = "export it as one of them"
DRUM_MACHINES = frozenset({"303", "606", "707", "808", "909"})

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_BRACKETED = re.compile(r"[(\[{](?P<inside>[^()\[\]{}]*[^\W_][^()\[\]{}]*)[)\]}]")
_SEPARATORS = " _-."
_DIGITS = re.compile(r"([0-9]+)")


def word_set(listed: str) -> frozenset[str]:
    """The words of a table row."""
    return frozenset(listed.split())


def nfc(text: str) -> str:
    """`text` in composed form, in which names are kept: macOS and zips write the other one too."""
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """`text` as names are compared: composed and case-folded."""
    return nfc(nfc(text).casefold())


def natural_key(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Sorting key in which "2 snare" comes before "10 bass", with or without zero padding."""
    parts = []
    for part in _DIGITS.split(folded(name)):
        # Digits compare as numbers by length first: int() refuses absurdly long ones.
        number = part.lstrip("0") if part[:1].isdecimal() and part.isascii() else None
        parts.append((1, 0, part) if number is None else (0, len(number), number))
    return tuple(parts), name


def file_extension(filename: str) -> str:
    """The extension in lower case without its dot; "" when there is none."""
    stem, dot, extension = filename.rpartition(".")
    return extension.lower() if dot and stem else ""


def other_audio(filename: str) -> str | None:
    """What audio that no stem has this is, going on from its name; None for all other files."""
    kind = OTHER_AUDIO.get(file_extension(filename))
    return None if kind is None else f"is {kind} audio: stems are WAV, AIFF or FLAC"


def file_stem(filename: str) -> str:
    """`filename` without its extension, as written."""
    stem, dot, _ = filename.rpartition(".")
    return stem if dot and stem else filename


def without_inner_extensions(stem: str) -> str:
    """`stem` without audio extensions left inside it: "12_snare.ogg" becomes "12_snare"."""
    while file_extension(stem) in AUDIO_EXTENSIONS | OTHER_AUDIO_EXTENSIONS:
        stem = file_stem(stem)
    return stem


@dataclass(frozen=True)
class _Name:
    """A name with the range of its words that is still standing."""

    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    start: int
    stop: int

    @property
    def left(self) -> tuple[str, ...]:
        return self.words[self.start : self.stop]

    def can_lose(self, from_start: int, from_stop: int) -> bool:
        """Tell whether a name worth reading remains without so many words at either end."""
        kept = self.words[self.start + from_start : self.stop - from_stop]
        return any(map(_telling, kept)) or (bool(kept) and not any(map(_telling, self.left)))

    def lose(self, from_start: int, from_stop: int) -> _Name:
        return replace(self, start=self.start + from_start, stop=self.stop - from_stop)

    def shown(self) -> str:
        """The words still standing, with the signs that touch them; no brackets around it all."""
        shown = self._cut()
        inside = _BRACKETED.fullmatch(shown)
        return inside["inside"] if inside else shown

    def _cut(self) -> str:
        if (self.start, self.stop) == (0, len(self.words)):
            return self.text.strip(_SEPARATORS) or self.text
        first, last = self.spans[self.start][0], self.spans[self.stop - 1][1]
        floor = self.spans[self.start - 1][1] if self.start else 0
        roof = self.spans[self.stop][0] if self.stop < len(self.spans) else len(self.text)
        while first > floor and self.text[first - 1] not in _SEPARATORS:
            first -= 1
        while last < roof and self.text[last] not in _SEPARATORS:
            last += 1
        return self.text[first:last]


def words_as_written(text: str) -> tuple[str, ...]:
    """The whole tokens of a name: runs of letters and digits, an apostrophe inside included."""
    return tuple(match.group() for match in _WORD.finditer(nfc(text)))


def strip_common(names: Sequence[str]) -> tuple[str, ...]:
    """Take off what all names share at either end, and their numbering, by whole tokens only.

    Every result keeps a word of two letters or more if the name had one, and is never empty. A
    name alone loses its numbering only. The result follows the names, whatever their order.
    """
    left = [_parsed(name) for name in names]
    while True:
        stripped = _without_numbering(_without_shared(left))
        if stripped == left:
            return tuple(name.shown() for name in left)
        left = stripped


def _telling(word: str) -> bool:
    return sum(letter.isalpha() for letter in word) >= 2 or word in DRUM_MACHINES


def _parsed(name: str) -> _Name:
    text = nfc(name)
    found = list(_WORD.finditer(text))
    spans = tuple(match.span() for match in found)
    return _Name(text, tuple(folded(match.group()) for match in found), spans, 0, len(found))


def _without_shared(names: list[_Name]) -> list[_Name]:
    if len(names) < 2:
        return names
    head = _shared([name.left for name in names])
    while head and not all(name.can_lose(head, 0) for name in names):
        head -= 1
    names = [name.lose(head, 0) for name in names]
    tail = _shared([name.left[::-1] for name in names])
    while tail and not all(name.can_lose(0, tail) for name in names):
        tail -= 1
    return [name.lose(0, tail) for name in names]


def _shared(all_words: list[tuple[str, ...]]) -> int:
    count = 0
    for column in zip(*all_words, strict=False):
        if len(set(column)) > 1:
            break
        count += 1
    return count


def _without_numbering(names: list[_Name]) -> list[_Name]:
    """Numbering is a habit of the bundle: most names start with a number, or it is none."""
    numbered = [bool(name.left) and _is_number(name.left[0]) for name in names]
    if 2 * sum(numbered) <= len(names):
        return names
    bare = [
        name.lose(1, 0) if has_number and name.can_lose(1, 0) else name
        for name, has_number in zip(names, numbered, strict=True)
    ]
    seen = Counter(name.left for name in bare)
    return [
        after if seen[after.left] == 1 else before
        for before, after in zip(names, bare, strict=True)
    ]


def _is_number(word: str) -> bool:
    return word.isdecimal() and len(word) <= 3 and word not in DRUM_MACHINES
