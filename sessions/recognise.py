"""Projects that cannot be read, recognised by what is in them, whatever they are called."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from sessions import daws
from sessions.archives import ZIP_FAILURES
from sessions.daws import CLOSED_EXTENSIONS, Closed
from sessions.naming import file_extension
from sessions.single import head
from stemwright.problems import Problem
from stemwright.words import printable

_HEAD_BYTES = 64 << 10
_PRO_TOOLS = b"\x030010111100101011"
_LOGIC_DATA = bytes.fromhex("2347c0ab")
_SQLITE = b"SQLite format 3\0"
_SQLITE_APPLICATION_AT = 68
_MOST_MEMBERS = 20_000


def closed(path: Path) -> Closed | None:
    """Which unreadable project `path` is: by its content, then by its extension; None if none."""
    found = _folder(path) if path.is_dir() else _content(head(path, _HEAD_BYTES)) or _zip(path)
    return _nuendo(found, path) or CLOSED_EXTENSIONS.get(file_extension(path.name))


def refusal(path: Path) -> Problem | None:
    """The problem of a project that cannot be read, with the export to make; None for others."""
    found = closed(path)
    if found is None:
        return None
    return Problem(
        "unsupported_session",
        f"{printable(path.name)} is a project of {found.daw}, which is not read: {found.reason}",
        {"file": printable(path)},
        expected="an exchange format or stems that the DAW exports",
        hint=found.hint,
    )


def _content(data: bytes) -> Closed | None:
    return next((found for test, found in _TESTS if test(data)), None)


def _is_cubase(data: bytes) -> bool:
    return data[:4] in (b"RIFF", b"RF64") and data[8:12] == b"NUND"


def _is_audacity(data: bytes) -> bool:
    application = data[_SQLITE_APPLICATION_AT : _SQLITE_APPLICATION_AT + 4]
    if data.startswith(_SQLITE):
        return application == b"AUDY"
    return data.lstrip().startswith(b"<?xml") and b"audacity.sourceforge.net/xml" in data[:4096]


_TESTS: tuple[tuple[Callable[[bytes], bool], Closed], ...] = (
    (lambda data: data.startswith(_PRO_TOOLS), daws.PRO_TOOLS),
    (_is_cubase, daws.CUBASE),
    (lambda data: data.startswith(b"BtWg"), daws.BITWIG),
    (lambda data: data.startswith(_LOGIC_DATA), daws.LOGIC),
    (lambda data: data.startswith(b"CAKEWALK"), daws.CAKEWALK),
    (_is_audacity, daws.AUDACITY),
)


def _nuendo(found: Closed | None, path: Path) -> Closed | None:
    """Cubase and Nuendo write one container: what is in it, or the extension, tells them apart."""
    if found is not daws.CUBASE:
        return found
    named = file_extension(path.name)
    inside = b"Nuendo" in head(path, _HEAD_BYTES)
    return daws.NUENDO if named == "npr" or (inside and named != "cpr") else found


def _folder(path: Path) -> Closed | None:
    """A bundle, which macOS shows as a file and every other system as a folder."""
    try:
        return _bundle(_listed(path))
    except OSError:
        return None


def _listed(path: Path) -> Iterable[PurePosixPath]:
    """What a bundle would hold at the places that tell it: its top, and each alternative."""
    names = sorted(entry.name for entry in path.iterdir())
    yield from map(PurePosixPath, names)
    alternatives = path / "Alternatives"
    if alternatives.is_dir():
        for each in sorted(alternatives.iterdir()):
            if each.is_dir():
                for inner in sorted(each.iterdir()):
                    yield PurePosixPath("Alternatives", each.name, inner.name)


def _bundle(members: Iterable[PurePosixPath]) -> Closed | None:
    tops = set()
    for member in members:
        if member.name == "ProjectData" and "Alternatives" in member.parts:
            return daws.LOGIC
        tops.add(member.name)
    if "projectData" in tops and ("Media" in tops or "Output" in tops):
        return daws.GARAGEBAND
    return daws.LOGIC if "documentData" in tops and "displayState.plist" in tops else None


def _zip(path: Path) -> Closed | None:
    """Drafts of DAWproject, and bundles that were zipped to be sent."""
    try:
        if not zipfile.is_zipfile(path):
            return None
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:_MOST_MEMBERS]
    except ZIP_FAILURES:
        return None
    members = [PurePosixPath(name.replace("\\", "/")) for name in names]
    if "project.json" in names and "metadata.json" in names and "project.xml" not in names:
        return daws.EARLY_DAWPROJECT
    tops = {member.parts[0] for member in members if member.parts} - {"__MACOSX"}
    bundle = file_extension(tops.pop()) if len(tops) == 1 else ""
    return CLOSED_EXTENSIONS[bundle] if bundle in ("logicx", "band") else None
