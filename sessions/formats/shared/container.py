"""The zip around a DAWproject: its documents, its plugin states, its embedded audio."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from sessions.bundle.naming import folded
from sessions.errors import SessionError
from sessions.formats.shared.xml import parse_xml
from sessions.media.archives import ZIP_FAILURES, Entry, member_entries
from sessions.media.file_headers import Header, read_header
from sessions.media.search import MediaFinder
from sessions.model.session import Media
from stemwright.problems import Diagnostic, Problem
from stemwright.words import printable

_LARGEST_DOCUMENT = 1 << 30


class Container:
    """A zip that holds a session, checked to be safe; nothing of it is extracted.

    Raises SessionError when it is no readable zip, or an unsafe one.
    """

    def __init__(self, path: Path, extra_dirs: Sequence[Path] = ()) -> None:
        self.path = path
        self._members: Mapping[str, str] = {
            entry.member: entry.member for entry in member_entries(path) if entry.member
        }
        self._loose = {folded(_plain(name)): name for name in self._members}
        self._finder = MediaFinder(path, extra_dirs)
        self._embedded: dict[str, Media | None] = {}
        self._unreadable: list[str] = []
        self._notes: list[Diagnostic] = []

    def member(self, written: str) -> str | None:
        """The member that a path in the session means, whatever its case and Unicode form."""
        for name in (_plain(written), _plain(unquote(written))):
            if name in self._members:
                return name
            if folded(name) in self._loose:
                return self._loose[folded(name)]
        return None

    def data(self, member: str) -> bytes:
        """A member's bytes; raises SessionError when it is damaged or too large to be one."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                if archive.getinfo(member).file_size > _LARGEST_DOCUMENT:
                    raise SessionError(self._problem(member, "is larger than 1 GiB"))
                return archive.read(member)
        except (*ZIP_FAILURES, KeyError) as error:
            reason = f"cannot be unpacked: {printable(error)}"
            raise SessionError(self._problem(member, reason)) from error

    def xml(self, member: str) -> etree._Element:
        """The root of a member's XML; raises SessionError."""
        return parse_xml(self.data(member), where=f"{printable(self.path)}!/{member}")

    def media(self, written: str, *, external: bool = False) -> Media | None:
        """The audio file that a path in the session means: embedded, else beside the session."""
        member = None if external else self.member(written)
        if member is None:
            return self._finder.media(written)
        if member not in self._embedded:
            self._embedded[member] = self._opened(member)
        return self._embedded[member]

    def _opened(self, member: str) -> Media | None:
        outcome = read_header(Entry(Path(member).name, "", self.path, member))
        if isinstance(outcome, Header):
            self._notes += outcome.diagnostics
            return outcome.media
        self._unreadable.append(outcome.message)
        return None

    def diagnostics(self) -> Iterator[Diagnostic]:
        """What was missing, unreadable or odd among the audio files asked for."""
        if self._unreadable:
            reasons = "; ".join(self._unreadable)
            message = f"embedded audio is not readable: {reasons}"
            yield Diagnostic("warning", "unreadable_media", self.path.name, message)
        yield from self._notes
        yield from self._finder.diagnostics()

    def _problem(self, member: str, reason: str) -> Problem:
        return Problem(
            "damaged_member",
            f"{printable(self.path.name)}: {printable(member)} {reason}",
            {"file": printable(self.path), "member": printable(member)},
            hint="copy the session again, or export it anew from the DAW",
        )


def _plain(written: str) -> str:
    return written.replace("\\", "/").removeprefix("./").lstrip("/")
