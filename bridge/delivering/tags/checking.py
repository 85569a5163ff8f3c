"""From a table, as a job or a command line has it, to SongMetadata: every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unicodedata import category

from bridge.delivering.tags import codes
from bridge.delivering.tags.codes import Refusal
from bridge.delivering.tags.cover import CoverError, read_cover
from bridge.delivering.tags.fields import (
    ADVISORIES,
    ALIASES,
    FIELD_OF,
    IN_BEXT,
    TOTAL_OF,
    Field,
    FieldKind,
)
from bridge.delivering.tags.song_metadata import MAIN, SongMetadata
from bridge.delivering.tags.transliteration import in_ascii
from chains import Fault, Source
from stemwright.words import nearest

COVER, VERSIONS = "cover", "versions"
KNOWN = (*FIELD_OF, COVER)
"""Every key of a table of metadata, but the one for its versions."""

_MOST_COUNT = 9999
_LEAST_BPM, _MOST_BPM = 1.0, 1000.0
_NOT_IN_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of Unicode: controls, halves of pairs, and ends of lines."""
_NOT_IN_XML = frozenset("\ufffe\uffff")
_WORDS_OF_TRUE = {"true": "yes", "false": "no", "clean": "edited"}


def checked(
    table: Mapping[str, Any],
    source: Source,
    at: tuple[str, ...] = (),
    *,
    folder: Path | None = None,
    versions: Sequence[str] | None = None,
) -> tuple[SongMetadata, list[Fault]]:
    """Check a `table` that lies `at` a place of `source`; faults are told with line and key.

    Its paths are seen from `folder`, None being where the process is; without `versions` any name
    of a version goes. What is at fault is left out of the metadata.
    """
    reading = _Reading(source, at, folder)
    values = reading.values({key: table[key] for key in table if key != VERSIONS}, ())
    of_versions = reading.versions(table.get(VERSIONS, {}), versions)
    return SongMetadata(**values, versions=of_versions), reading.faults


@dataclass
class _Reading:
    """One table while it is read."""

    source: Source
    at: tuple[str, ...]
    folder: Path | None
    faults: list[Fault] = field(default_factory=list)

    def values(self, table: Mapping[str, Any], below: tuple[str, ...]) -> dict[str, Any]:
        """The values of one table by the names of SongMetadata."""
        found: dict[str, Any] = {}
        cleared: set[str] = set()
        said_as: dict[str, str] = {}
        for key, value in table.items():
            name = ALIASES.get(key, key)
            if name not in KNOWN:
                said = f'there is no key "{key}" here'
                known = (*KNOWN, *(() if below else (VERSIONS,)), *ALIASES)
                self._unknown("unknown_key", said, known, *below, key)
            elif name in said_as:
                wrong = f"is the same as {said_as[name]}, which is said too"
                self._fault(Refusal("said_twice", wrong, "one of the two"), *below, key)
            elif value == "":
                cleared.add(name)
            else:
                checked_value = self._value(name, value)
                if isinstance(checked_value, Refusal):
                    self._fault(checked_value, *below, key)
                else:
                    found[name] = checked_value
            said_as.setdefault(name, key)
        for number, total in TOTAL_OF.items():
            if found.get(number, 0) > found.get(total, _MOST_COUNT):
                wrong = f"is {found[number]} of {found[total]}"
                self._fault(
                    Refusal("out_of_range", wrong, f"a number up to {total}"),
                    *below,
                    said_as[number],
                )
        return {**found, "cleared": frozenset(cleared)} if cleared else found

    def versions(self, tables: object, known: Sequence[str] | None) -> dict[str, dict[str, Any]]:
        """What versions say otherwise, by their names."""
        if not isinstance(tables, Mapping):
            self._fault(Refusal("wrong_type", "is no table", "a table a version"), VERSIONS)
            return {}
        found: dict[str, dict[str, Any]] = {}
        for name, table in tables.items():
            if known is not None and name not in (*known, MAIN):
                said = f'the song has no version "{name}"'
                every = tuple(dict.fromkeys((MAIN, *known)))
                self._unknown("unknown_version", said, every, VERSIONS, name)
            elif not isinstance(table, Mapping):
                self._fault(Refusal("wrong_type", "is no table", "a table"), VERSIONS, name)
            else:
                found[name] = self.values(table, (VERSIONS, name))
        return found

    def _value(self, name: str, value: Any) -> Any:
        if name == COVER:
            return self._cover(value)
        return _checked_value(FIELD_OF[name], value)

    def _cover(self, value: object) -> Path | Refusal:
        if not isinstance(value, str):
            return Refusal("wrong_type", "is no text", "the path of a JPEG or a PNG")
        path = (self.folder or Path()) / value
        try:
            read_cover(path)
        except CoverError as error:
            return error.refusal
        return path

    def _fault(self, refusal: Refusal, *key: str) -> None:
        message = f"{key[-1]} {refusal.wrong}"
        where = self.source.where(*self.at, *key)
        self.faults.append(Fault(refusal.kind, message, where, expected=refusal.expected))

    def _unknown(self, kind: str, message: str, known: Sequence[str], *key: str) -> None:
        where, near = self.source.where(*self.at, *key), nearest(key[-1], known)
        expected = f"one of {', '.join(each for each in known if each not in ALIASES)}"
        self.faults.append(Fault(kind, message, where, expected=expected, nearest=near))


def _checked_value(known: Field, value: Any) -> Any:
    if known.kind == "advisory":
        return _advisory(value)
    if known.kind in _NUMBERS:
        return _NUMBERS[known.kind](value)
    if known.kind == "date" and isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str):
        return Refusal("wrong_type", "is no text", "a text, in quotes")
    return _text(known, value)


def _text(known: Field, text: str) -> str | Refusal:
    lines = "\n" if known.name == "comment" else ""
    if any(
        each in _NOT_IN_XML or category(each) in _NOT_IN_TEXT for each in text if each not in lines
    ):
        wanted = "a text without line ends and control characters"
        return Refusal("bad_text", "holds characters that tags cannot hold", wanted)
    if not text.strip():
        return Refusal("bad_text", "is nothing but spaces", 'a text, or "" to take the tag out')
    if known.kind in _CODES:
        return _CODES[known.kind](text)
    length = len(in_ascii(text)) if known.name in IN_BEXT else len(text)
    if length > known.most:
        where = " in ASCII" if known.name in IN_BEXT else ""
        wrong = f"has {length} characters{where}"
        return Refusal("too_long", wrong, f"{known.most} at most")
    return text


_CODES: dict[FieldKind, Callable[[str], str | Refusal]] = {
    "barcode": codes.barcode,
    "copyright": codes.copyright_notice,
    "date": codes.iso_date,
    "isrc": codes.isrc,
    "iswc": codes.iswc,
    "language": codes.language,
}


def _advisory(value: object) -> str | Refusal:
    text = str(value).lower() if isinstance(value, bool | str) else ""
    word = _WORDS_OF_TRUE.get(text, text)
    if word in ADVISORIES:
        return word
    return Refusal("unknown_value", f'is "{value}"', 'true, false, or "edited"')


def _count(value: object) -> int | Refusal:
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= _MOST_COUNT:
        return Refusal("out_of_range", f'is "{value}"', f"a whole number, 1 to {_MOST_COUNT}")
    return number


def _bpm(value: object) -> float | Refusal:
    try:
        number = float(value) if isinstance(value, str | int | float) else 0.0
    except ValueError:
        number = 0.0
    if isinstance(value, bool) or not _LEAST_BPM <= number <= _MOST_BPM:
        return Refusal("out_of_range", f'is "{value}"', f"{_LEAST_BPM:g} to {_MOST_BPM:g} a minute")
    return number


_NUMBERS: dict[FieldKind, Callable[[object], float | Refusal]] = {"count": _count, "bpm": _bpm}
