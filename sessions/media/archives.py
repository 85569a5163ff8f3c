"""Audio files on disk or inside a zip, and whether the zip is safe to read: none is extracted."""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from sessions.bundle.naming import nfc
from sessions.errors import SessionError
from stemwright.problems import Problem
from stemwright.values import dataclass
from stemwright.words import printable

_CLUTTER = frozenset({"__macosx", "thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Entry:
    """`name` and `folder` (below the bundle's top, "" there) in composed Unicode.

    `member` is the name inside the zip `path`, exactly as the zip spells it.
    """

    name: str
    folder: str
    path: Path
    member: str | None = None

    @property
    def where(self) -> Mapping[str, str | int]:
        """The place as a problem tells it."""
        place: dict[str, str | int] = {"file": printable(self.path)}
        return place if self.member is None else {**place, "member": printable(self.member)}


def is_clutter(name: str) -> bool:
    """Tell whether `name` is left behind by systems: hidden files, forks, thumbnails."""
    return name.startswith(".") or name.casefold() in _CLUTTER


MAX_TOTAL_BYTES = 64 << 30
MAX_RATIO = 200
# Silence deflates a thousandfold and is no attack: small totals and single silent stems pass.
_HARMLESS_TOTAL_BYTES = 8 << 20
_HARMLESS_MEMBER_BYTES = 1 << 30
_MAX_MEMBERS = 20_000
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_SIZES_FOLLOW = 0x08
_ENCRYPTED = 0x01
_UTF8 = 0x800
_UNKNOWN_SIZE = 0xFFFFFFFF
_SPECIAL = (stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK)

ZIP_FAILURES = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    OSError,
)
"""Everything `zipfile` raises for damaged archives, or for such as it cannot read."""


def member_names(path: Path) -> frozenset[str]:
    """The names in a zip, or none when `path` is no zip; never raises."""
    try:
        with zipfile.ZipFile(path) as archive:
            return frozenset(archive.namelist())
    except ZIP_FAILURES:
        return frozenset()


def member_entries(path: Path) -> list[Entry]:
    """The files inside the zip at `path`, clutter left out.

    Raises SessionError naming every member that makes the zip unsafe: names that climb out,
    links and devices, encryption, sizes that lie, compression bombs.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            problems = list(_problems(path, archive, members))
    except ZIP_FAILURES as error:
        raise SessionError(_damaged(path, error)) from error
    if problems:
        raise SessionError(problems)
    return [
        Entry(nfc(inside.name), _folder(inside), path, member.filename)
        for member in members
        if not member.is_dir() and not _hidden(inside := _inside(member))
    ]


def _inside(member: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(_name(member).replace("\\", "/"))


def _name(member: zipfile.ZipInfo) -> str:
    """The member's name; macOS writes UTF-8 without the flag that says so.

    Names without the flag are code page 437 (APPNOTE 4.4.4, D.1), and `zipfile` reads them so;
    hardly any text in it is valid UTF-8 by chance.
    """
    if member.flag_bits & _UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except ValueError:
        return member.filename


def _folder(inside: PurePosixPath) -> str:
    return nfc("/".join(inside.parts[:-1]))


def _hidden(inside: PurePosixPath) -> bool:
    return any(map(is_clutter, inside.parts))


def _problems(
    path: Path, archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]
) -> Iterator[Problem]:
    if len(members) > _MAX_MEMBERS:
        yield _unsafe(path, None, "zip_bomb", f"it lists {len(members)} members")
        return
    yield from _bombs(path, members)
    overlapping = _overlapping(archive, members)
    for member in members:
        fault = _name_fault(member)
        if fault:
            yield _unsafe(path, member, "unsafe_member", fault)
        elif member.flag_bits & _ENCRYPTED:
            yield _unsafe(path, member, "encrypted_member", "it is encrypted")
        elif member.header_offset in overlapping or _sizes_lie(archive, member):
            yield _unsafe(path, member, "lying_size", "its sizes are stated falsely")


def _name_fault(member: zipfile.ZipInfo) -> str | None:
    inside = _inside(member)
    drive = inside.parts[:1] and inside.parts[0].endswith(":")
    if inside.is_absolute() or ".." in inside.parts or drive:
        return "its name leads out of the archive"
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a link"
    if kind in _SPECIAL:
        return "it is a device, a pipe or a socket"
    if member.orig_filename != member.filename and "\0" in member.orig_filename:
        return "its name holds a NUL"
    return None


def _bombs(path: Path, members: Sequence[zipfile.ZipInfo]) -> Iterator[Problem]:
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if total > MAX_TOTAL_BYTES:
        yield _unsafe(path, None, "zip_bomb", f"it unpacks to {total >> 30} GiB")
    elif total > _HARMLESS_TOTAL_BYTES and total > MAX_RATIO * packed:
        yield _unsafe(path, None, "zip_bomb", f"it unpacks to {total} bytes from {packed}")
    for member in members:
        huge = member.file_size > _HARMLESS_MEMBER_BYTES
        if huge and member.file_size > MAX_RATIO * member.compress_size:
            yield _unsafe(path, member, "zip_bomb", f"it unpacks to {member.file_size} bytes")


def _overlapping(archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> set[int]:
    """Offsets of members whose data would reach into the next member or the directory."""
    ordered = sorted(members, key=lambda member: member.header_offset)
    limits = [member.header_offset for member in ordered[1:]] + [archive.start_dir]
    return {
        member.header_offset
        for member, limit in zip(ordered, limits, strict=False)
        if member.header_offset + _LOCAL_HEADER.size + member.compress_size > limit
    }


def _sizes_lie(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Tell whether the directory and the member's own header disagree about its size."""
    if member.compress_type == zipfile.ZIP_STORED and member.file_size != member.compress_size:
        return True
    stream = archive.fp
    if stream is None:
        return False
    stream.seek(member.header_offset)
    fields = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
    flags, packed, size = fields[2], fields[7], fields[8]
    if flags & _SIZES_FOLLOW or _UNKNOWN_SIZE in (packed, size):
        return False
    return (packed, size) != (member.compress_size, member.file_size)


def _unsafe(path: Path, member: zipfile.ZipInfo | None, kind: str, fault: str) -> Problem:
    name = "the archive" if member is None else printable(_name(member))
    where: dict[str, str | int] = {"file": printable(path)}
    if member is not None:
        where["member"] = name
    return Problem(
        kind,
        f"{printable(path.name)}: {name} is refused: {fault}",
        where,
        hint="unpack it with a tool you trust and read the folder, or zip the stems again",
    )


def _damaged(path: Path, error: Exception) -> Problem:
    return Problem(
        "bad_zip",
        f"{printable(path)} cannot be read as a zip: {printable(error)}",
        {"file": printable(path)},
        expected="a complete zip of stems",
        hint="copy or zip it again: it may be cut short",
    )
