"""The event stream of an FL Studio project: numbered values, their width told by the number.

Numbers below 64 hold a byte, below 128 a word, below 192 a double word, the rest a length and data.
The layout is undocumented; it is as the project files of FL Studio 9 to 24 show it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sessions.errors import SessionError, SessionProblem, printable

MAGIC = b"FLhd"
_DATA = b"FLdt"
_WORDS, _DOUBLES, _LENGTHS = 64, 128, 192
_MOST_EVENTS = 5_000_000
_FIRST_UNICODE = (11, 5)


@dataclass(frozen=True)
class Event:
    """One event; `at` is its place in the file in bytes."""

    number: int
    data: bytes
    at: int

    @property
    def value(self) -> int:
        """The value of a byte, word or double word."""
        return int.from_bytes(self.data, "little")

    def text(self, unicode: bool) -> str:
        """The text of a data event, without its closing NUL."""
        found = self.data.decode("utf-16-le" if unicode else "cp1252", "replace")
        return found.split("\0", 1)[0]


def broken(path: Path, at: int, reason: str) -> SessionError:
    """The error of a project that does not hold what its place says."""
    return SessionError(
        SessionProblem(
            "damaged_session",
            f"{printable(path.name)} cannot be read as an FL Studio project: {reason} at byte {at}",
            {"file": printable(path), "byte": at},
            expected="a complete .flp",
            hint="copy it again, or save it anew in FL Studio",
        )
    )


def events(path: Path, data: bytes) -> tuple[int, list[Event]]:
    """The ticks a beat and all events of a project.

    Raises SessionError naming the byte where the file stops making sense.
    """
    if len(data) < 22 or not data.startswith(MAGIC):
        raise broken(path, 0, "its head is not there")
    head_bytes = struct.unpack_from("<I", data, 4)[0]
    ticks = struct.unpack_from("<H", data, 12)[0]
    at = 8 + head_bytes
    if data[at : at + 4] != _DATA or len(data) < at + 8:
        raise broken(path, min(at, len(data)), "its data is not there")
    if not ticks:
        raise broken(path, 12, "it counts no ticks a beat")
    return ticks, list(_events(path, data, at + 8))


def _events(path: Path, data: bytes, at: int) -> Iterator[Event]:
    count = 0
    while at < len(data):
        number, start, count = data[at], at, count + 1
        at += 1
        if number < _LENGTHS:
            length = 1 if number < _WORDS else 2 if number < _DOUBLES else 4
        else:
            length, at = _length(path, data, at)
        if at + length > len(data) or count > _MOST_EVENTS:
            raise broken(path, start, f"event {number} runs past the end")
        yield Event(number, data[at : at + length], start)
        at += length


def _length(path: Path, data: bytes, at: int) -> tuple[int, int]:
    """A length in groups of seven bits, lowest first, and where the data begins."""
    length = 0
    for shift in range(0, 35, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        length |= (byte & 0x7F) << shift
        if byte < 0x80:
            return length, at
    raise broken(path, at, "a length does not end")


def version_of(text: str) -> tuple[int, ...]:
    """The numbers of a version such as "20.8.4.2576"."""
    parts = text.split(".")[:4]
    return tuple(int(part) if part.isascii() and part.isdecimal() else 0 for part in parts)


def is_unicode(version: tuple[int, ...]) -> bool:
    """Tell whether a version writes its texts in UTF-16; earlier ones write Windows-1252."""
    return version >= _FIRST_UNICODE
