"""An Ableton Live set as XML, and the few ways in which its elements hold values."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from sessions.errors import SessionError
from sessions.formats.shared.single_file import GZIP, LARGEST_UNPACKED, Unpacked, unpacked
from sessions.formats.shared.xml import Source, parse_xml
from stemwright.problems import Problem
from stemwright.words import printable

_GZIP = b"\x1f\x8b"
_HEAD_BYTES = 4096
BEFORE_THE_SONG = -1_000_000.0
"""Live writes a line's first event, which holds from before the song on, at beat -63072000."""


def looks_like_live(path: Path) -> bool:
    """Whether the file is XML whose root is Ableton's, gzipped or plain; never raises."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
        if head.startswith(_GZIP):
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD_BYTES)
    except (OSError, zlib.error, ValueError):
        return False
    return b"<Ableton" in head


class Loaded(NamedTuple):
    """A set's root; `bytes_left` stand behind the end of what was packed."""

    root: etree._Element
    bytes_left: int


def load(path: Path) -> Loaded:
    """The set at `path`; raises SessionError, for a bomb before it has unpacked."""
    try:
        with path.open("rb") as stream:
            packed = stream.read(len(_GZIP)) == _GZIP
            stream.seek(0)
            data, left = (
                unpacked(stream, GZIP, lambda reason: SessionError(_problem(path, reason)))
                if packed
                else Unpacked(stream.read(LARGEST_UNPACKED + 1), 0)
            )
    except OSError as error:
        raise SessionError(_problem(path, f"cannot be read: {error.strerror}")) from error
    if len(data) > LARGEST_UNPACKED:
        raise SessionError(_problem(path, f"is larger than {LARGEST_UNPACKED >> 20} MiB"))
    root = parse_xml(data, where=printable(path))
    if root.tag != "Ableton" or root.find("LiveSet") is None:
        raise SessionError(_problem(path, f"holds <{printable(root.tag)}>, no Live set"))
    return Loaded(root, left)


def _problem(path: Path, reason: str) -> Problem:
    return Problem(
        "bad_live_set",
        f"{printable(path.name)} {reason}",
        {"file": printable(path)},
        expected="a set saved by Ableton Live 8 to 12",
        hint="copy the .als again, or save it anew in Live; failing that, export the tracks with"
        " File > Export Audio/Video, Rendered Track: All Individual Tracks",
    )


class Values(Source):
    """Reads what Live writes as `<Name Value="..."/>`; faults are SessionErrors."""

    def text(self, element: etree._Element, path: str, default: str = "") -> str:
        """The value of the element at `path`, or the default."""
        found = element.find(path)
        return default if found is None else found.get("Value", default)

    def at(self, element: etree._Element, path: str, default: float) -> float:
        """The value at `path` as a number."""
        found = element.find(path)
        return default if found is None else self.number(found, "Value", default)

    def whether(self, element: etree._Element, path: str, default: bool) -> bool:
        """The value at `path` as true or false."""
        return self.flag(element.find(path), "Value", default)

    def events(self, parameter: etree._Element) -> list[etree._Element]:
        """The automation that Live 8 and 9 keep inside a parameter."""
        found = parameter.find("ArrangerAutomation/Events")
        return [] if found is None else list(found)

    def manual(
        self, parameter: etree._Element | None, default: float, *, infinite: bool = False
    ) -> float:
        """Where a control stands: its own value, else (Live 8) that of its first event."""
        held = self._held(parameter)
        return default if held is None else self.number(held, "Value", default, infinite=infinite)

    def switched(self, parameter: etree._Element | None, default: bool) -> bool:
        """Where a switch stands."""
        return self.flag(self._held(parameter), "Value", default)

    def _held(self, parameter: etree._Element | None) -> etree._Element | None:
        if parameter is None:
            return None
        manual = parameter.find("Manual")
        return manual if manual is not None else next(iter(self.events(parameter)), None)
