"""What an ID3 tag of anybody's is looked at for, before a library unpacks it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bridge.delivering.tags.refusals import unsupported
from sessions import View, find_chunk

_HEAD = 10
_MOST_BYTES = 32 << 20
_UNSYNCHRONISED, _EXTENDED = 0x80, 0x40
_PACKED = {3: (9, 0x80), 4: (9, 0x08)}
"""Which bit of a frame's head says that it is compressed (ID3v2.3, 3.3.1; ID3v2.4, 4.1.2)."""
_HINT = "write the tag again without compression, or take it out"


def check_id3_of(path: Path, chunk: bytes | None = None) -> None:
    """Refuse the ID3 tag of a file if it is huge, or has frames that are compressed.

    The tag is that at its beginning, or in an AIFF's `chunk`. A few bytes may unpack to gigabytes.
    Raises OSError, InputError `tags_unsupported`.
    """
    with path.open("rb") as file:
        start = 0
        if chunk is not None:
            view = View(file, os.fstat(file.fileno()).st_size)
            place = find_chunk(view, view.size, frozenset({chunk}))
            if place is None:
                return
            start = place[0]
        check_id3(path, _tag_at(file, start, path))


def _tag_at(file: IO[bytes], start: int, path: Path) -> bytes:
    file.seek(start)
    head = file.read(_HEAD)
    size = _seven_bits(head[6:]) if head[:3] == b"ID3" and len(head) == _HEAD else 0
    if size > _MOST_BYTES:
        raise unsupported(path, f"its ID3 tag has {size} bytes", "make it smaller")
    return head + file.read(size)


def check_id3(path: Path, octets: bytes) -> None:
    """Refuse a tag with compressed frames. Raises InputError `tags_unsupported`."""
    if octets[:3] != b"ID3" or len(octets) < _HEAD or octets[3] not in _PACKED:
        return
    body = octets[_HEAD:]
    if octets[3] == 3 and octets[5] & _UNSYNCHRONISED:
        body = body.replace(b"\xff\x00", b"\xff")
    at, bit = _PACKED[octets[3]]
    if any(head[at] & bit for head in _heads(body, octets[3], bool(octets[5] & _EXTENDED))):
        raise unsupported(path, "its ID3 tag has compressed frames", _HINT)


def _heads(body: bytes, version: int, is_extended: bool) -> Iterator[bytes]:
    """The heads of all frames, whichever way their sizes are meant: iTunes wrote v2.4's plainly."""
    starts = {0}
    if is_extended:
        starts |= {_seven_bits(body[:4]), 4 + int.from_bytes(body[:4], "big")}
    for start in sorted(starts):
        yield from _walked(body, start, has_plain_sizes=True)
        if version == 4:
            yield from _walked(body, start, has_plain_sizes=False)


def _walked(body: bytes, start: int, *, has_plain_sizes: bool) -> Iterator[bytes]:
    at = start
    while at + _HEAD <= len(body) and body[at : at + 4].isalnum():
        head = body[at : at + _HEAD]
        yield head
        size = int.from_bytes(head[4:8], "big") if has_plain_sizes else _seven_bits(head[4:8])
        at += _HEAD + size


def _seven_bits(field: bytes) -> int:
    value = 0
    for each in field:
        value = value << 7 | each & 0x7F
    return value
