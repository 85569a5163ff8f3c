"""Texts in a WAV file's ID3 chunk, after its samples; what other programs put there stays.

They are user texts (TXXX, ID3v2.4 4.2.6), found by their descriptions.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sessions import Readable, View, find_chunk

_LARGEST_RIFF_BYTES = 0xFFFFFFFF
_ROOM_BYTES = 1 << 20
_UTF8 = 3
_ID3 = frozenset({b"id3 ", b"ID3 "})
_UNSYNCHRONISED, _EXTENDED = 0x80, 0x40
_CODINGS = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}
"""By the first byte of a text frame (ID3v2.4, 4)."""
_MOST_FRAMES, _LONGEST_TEXT = 4096, 1 << 16


def can_carry(path: Path) -> bool:
    """Tell whether a file is a RIFF/WAVE with room for a chunk; RF64 and files near 4 GiB are not.

    Raises OSError.
    """
    with path.open("rb") as file:
        head = file.read(12)
    there = path.stat().st_size
    return head[:4] + head[8:] == b"RIFFWAVE" and there + _ROOM_BYTES <= _LARGEST_RIFF_BYTES


def write_texts(path: Path, texts: Mapping[str, str]) -> None:
    """Put `texts` into a file that `can_carry` them, by description; others and samples stay.

    The same file and texts make the same bytes. Raises OSError when the disk refuses, ValueError
    for a file that is no WAV.
    """
    from mutagen import MutagenError  # where nothing is written, nothing of it is needed
    from mutagen.id3 import TXXX
    from mutagen.wave import WAVE

    try:
        wav: Any = WAVE(path)
        if wav.tags is None:
            wav.add_tags()
        for description, text in texts.items():
            wav.tags.add(TXXX(encoding=_UTF8, desc=description, text=[text]))
        wav.save(padding=lambda _: 0)
    except MutagenError as error:
        cause = error.args[0] if error.args else None
        if isinstance(cause, OSError):
            raise cause from error
        raise ValueError(f"{path}: {error}") from error


def read_texts(path: Path) -> dict[str, str]:
    """Return the user texts of a WAV file by description; none where nothing can be read.

    Nothing is unpacked, and no frame but a short text is read: a tag may be anybody's.
    """
    if not path.is_file():
        return {}
    try:
        with path.open("rb") as stream:
            view = View(stream, os.fstat(stream.fileno()).st_size)
            place = find_chunk(view, view.size, _ID3)
            return {} if place is None else dict(_user_texts(view, *place))
    except OSError:
        return {}


def _user_texts(view: Readable, start: int, size: int) -> Iterator[tuple[str, str]]:
    """(description, text) of every plain TXXX frame of an ID3v2.3 or v2.4 tag."""
    head = view.read_at(start, 10)
    if (
        len(head) < 10
        or head[:3] != b"ID3"
        or head[3:4] not in (b"\3", b"\4")
        or head[5] & _UNSYNCHRONISED
    ):
        return
    at, end = start + 10, start + min(size, 10 + _seven_bits(head[6:]))
    if head[5] & _EXTENDED:
        return
    for _ in range(_MOST_FRAMES):
        frame = view.read_at(at, 10)
        if at + 10 > end or len(frame) < 10 or not frame[:4].isalnum():
            return
        length = _seven_bits(frame[4:8]) if head[3] == 4 else int.from_bytes(frame[4:8], "big")
        if frame[:4] == b"TXXX" and not frame[9] and length <= min(_LONGEST_TEXT, end - at - 10):
            pair = _pair(view.read_at(at + 10, length))
            if pair is not None:
                yield pair
        at += 10 + length


def _seven_bits(field: bytes) -> int:
    value = 0
    for each in field:
        value = value << 7 | each & 0x7F
    return value


def _pair(body: bytes) -> tuple[str, str] | None:
    """The description and the text of a TXXX frame; of several texts the first."""
    coding = _CODINGS.get(body[0]) if body else None
    if coding is None:
        return None
    try:
        description, *texts = body[1:].decode(coding).split("\0")
    except ValueError:
        return None
    if not texts:
        return None
    return description, texts[0].removeprefix("\ufeff")
