"""A session that is one file: its first bytes, its content, and the refusal of several."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from sessions.errors import SessionError
from stemwright.problems import Problem
from stemwright.words import printable

_HEAD_BYTES = 4096
MAX_BYTES = 1 << 30
GZIP, ZLIB = 31, 15
"""The kinds of packed stream (zlib's wbits): RFC 1952 and RFC 1950."""
LARGEST_UNPACKED = 512 << 20
# Sessions unpack to 10 to 40 times their size; megabytes of blanks to 1000 times theirs.
_HARMLESS, _MOST_TIMES = 64 << 20, 100
_PIECE_BYTES = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
_MOST_MEMBERS = 64


def head(path: Path, size: int = _HEAD_BYTES) -> bytes:
    """The first `size` bytes; none of what cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except (OSError, ValueError):
        return b""


def one_path(paths: Sequence[Path]) -> Path:
    """The only one of `paths`; raises SessionError for any other number of them."""
    if len(paths) == 1:
        return paths[0]
    raise SessionError(
        Problem(
            "several_sessions",
            f"{len(paths)} sessions were named at once",
            {"file": printable(paths[0])} if paths else {},
            expected="one session",
            hint="read them one by one",
        )
    )


def content(path: Path) -> bytes:
    """The whole file; raises SessionError for one that is too large or cannot be read."""
    where = printable(path)
    try:
        if path.stat().st_size <= MAX_BYTES:
            return path.read_bytes()
        reason = f"is larger than {MAX_BYTES >> 30} GiB"
    except (OSError, ValueError) as error:
        reason = f"cannot be read: {getattr(error, 'strerror', None) or printable(error)}"
    raise SessionError(
        Problem(
            "unreadable_file",
            f"{where} {reason}",
            {"file": where},
            hint="check that it is the session's file, and its permissions",
        )
    )


class Unpacked(NamedTuple):
    """What a packed stream held; `bytes_left` stand behind its end."""

    data: bytes
    bytes_left: int


def unpacked(stream: IO[bytes], kind: int, refused: Callable[[str], SessionError]) -> Unpacked:
    """The content of a packed stream, held once; of several gzip members (RFC 1952, 2.2) all.

    Raises what `refused` makes of the reason: damaged, cut short, or as soon as it unpacks to more
    than a session may be.
    """
    unpacking, rest = _Unpacking(stream, kind, refused), b""
    for _ in range(_MOST_MEMBERS):
        rest = unpacking.member(rest) + stream.read(len(_GZIP_MAGIC))
        if kind != GZIP or not rest.startswith(_GZIP_MAGIC):
            at = stream.tell()
            left = len(rest) + stream.seek(0, io.SEEK_END) - at
            return Unpacked(unpacking.found.getvalue(), left)
    raise refused(f"is packed in more than {_MOST_MEMBERS} pieces")


class _Unpacking:
    """A packed stream on its way into `found`."""

    def __init__(
        self, stream: IO[bytes], kind: int, refused: Callable[[str], SessionError]
    ) -> None:
        self.found = io.BytesIO()
        self._stream, self._kind, self._refused = stream, kind, refused
        self._taken = 0

    def member(self, packed: bytes) -> bytes:
        """Unpack up to where a member ends; what was read behind its end."""
        unpacker = zlib.decompressobj(wbits=self._kind)
        while not unpacker.eof:
            if not packed:
                packed = self._stream.read(_PIECE_BYTES)
            self._taken += len(packed)
            try:
                piece = unpacker.decompress(packed, _PIECE_BYTES)
            except zlib.error as error:
                raise self._refused(f"cannot be unpacked: {error}") from error
            if not packed and not piece:
                raise self._refused("is cut short")
            packed = unpacker.unconsumed_tail
            self._taken -= len(packed)
            self._take(piece)
        return unpacker.unused_data

    def _take(self, piece: bytes) -> None:
        size = self.found.tell() + len(piece)
        if size > LARGEST_UNPACKED:
            raise self._refused(f"unpacks to more than {LARGEST_UNPACKED >> 20} MiB")
        if size > max(_HARMLESS, _MOST_TIMES * self._taken):
            raise self._refused(f"unpacks to more than {_MOST_TIMES} times its size")
        self.found.write(piece)
