"""The event stream of an FL Studio project: numbered values, their width told by the number.

Numbers below 64 hold a byte, below 128 a word, below 192 a double word, the rest a length and data.
The layout is undocumented; it is as the project files of FL Studio 8 to 26 show it. Two lengths
prove a reading: the data's own, and the head's count of channels.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sessions.errors import SessionError
from stemwright.problems import Problem
from stemwright.words import printable

MAGIC = b"FLhd"
_DATA = b"FLdt"
_WORDS, _DOUBLES, _LENGTHS = 64, 128, 192
_MOST_EVENTS = 5_000_000
_NUMBER = re.compile(r"[0-9]{1,9}")
_FIRST_UNICODE = (11, 5)
_NEW_CHANNEL = 64
# A number below 192 that is no double word: FL Studio 25.2 and 26.1 write three bytes of it.
_ODD, _ODD_BYTES = 172, (3, 4)


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
        Problem(
            "damaged_session",
            f"{printable(path.name)} cannot be read as an FL Studio project: {reason} at byte {at}",
            {"file": printable(path), "byte": at},
            expected="a complete .flp",
            hint="copy it again, or save it anew in FL Studio",
        )
    )


@dataclass(frozen=True)
class Stream:
    """A project's events, and what its head and its length say of them.

    `channels_stated` is the head's count of channels; `bytes_left` stand after the stated end.
    """

    ticks: int
    events: tuple[Event, ...]
    channels_stated: int
    bytes_left: int

    @property
    def channels(self) -> int:
        """How many channels the events make."""
        return len({each.value for each in self.events if each.number == _NEW_CHANNEL})


def events(path: Path, data: bytes) -> Stream:
    """The ticks a beat and all events of a project.

    Raises SessionError naming the byte where the file stops making sense, be it that it ends before
    the length it states.
    """
    if len(data) < 22 or not data.startswith(MAGIC):
        raise broken(path, 0, "its head is not there")
    head_bytes, _, channels, ticks = struct.unpack_from("<IHHH", data, 4)
    at = 8 + head_bytes
    if data[at : at + 4] != _DATA or len(data) < at + 8:
        raise broken(path, min(at, len(data)), "its data is not there")
    if not ticks:
        raise broken(path, 12, "it counts no ticks a beat")
    stated, held = struct.unpack_from("<I", data, at + 4)[0], len(data) - at - 8
    if stated > held:
        raise broken(path, len(data), f"it states {stated} bytes of events, holds {held}, and ends")
    end = at + 8 + stated
    found = _best(path, data[:end], at + 8, channels)
    return Stream(ticks, found, channels, len(data) - end)


def _best(path: Path, data: bytes, at: int, channels: int) -> tuple[Event, ...]:
    """The events under the width of the odd one that gives the channels the head counts."""
    readings: list[tuple[Event, ...]] = []
    fault: SessionError | None = None
    for odd_bytes in _ODD_BYTES:
        try:
            found = tuple(_events(path, data, at, odd_bytes))
        except SessionError as error:
            fault = fault or error
            continue
        readings.append(found)
        counted = len({each.value for each in found if each.number == _NEW_CHANNEL})
        if counted == channels or not any(each.number == _ODD for each in found):
            return found
    if fault and not readings:
        raise fault
    return readings[0]


def _events(path: Path, data: bytes, at: int, odd_bytes: int) -> Iterator[Event]:
    count = 0
    while at < len(data):
        number, start, count = data[at], at, count + 1
        at += 1
        if number < _LENGTHS:
            length = 1 if number < _WORDS else 2 if number < _DOUBLES else 4
            length = odd_bytes if number == _ODD else length
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
    parts = (_NUMBER.fullmatch(part) for part in text.split(".")[:4])
    return tuple(int(part[0]) if part else 0 for part in parts)


def is_unicode(version: tuple[int, ...]) -> bool:
    """Tell whether a version writes its texts in UTF-16; earlier ones write Windows-1252."""
    return version >= _FIRST_UNICODE
