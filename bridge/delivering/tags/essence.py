"""The audio of a file as it is coded: what tagging must leave as it was, to the byte."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Literal

from bridge.delivering.tags.refusals import damaged, unsupported
from bridge.delivering.tags.wave.chunks import read_wave

Container = Literal["WAV", "AIFF", "FLAC", "MP3", "M4A", "Opus", "Vorbis"]

_PIECE = 1 << 20
_ID3_HEAD, _ID3V1_BYTES = 10, 128
_OGG_HEAD = 27
_HEADER_PACKETS: dict[Container, int] = {"Opus": 2, "Vorbis": 3}
_HOW = "WAV, AIFF, FLAC, MP3, M4A, Opus and Ogg Vorbis files get tags"


def container_of(path: Path) -> Container:
    """What kind of file it is by its first bytes. Raises OSError; InputError `tags_unsupported`."""
    with path.open("rb") as file:
        head = file.read(64)
        has_id3 = head[:3] == b"ID3"
        if has_id3:
            file.seek(_after_id3(head))
            head = file.read(64)
    found = next((each for each, is_it in _SIGNS.items() if is_it(head)), None)
    if found is None or (has_id3 and found not in ("FLAC", "MP3")):
        raise unsupported(path, "is of a kind that gets no tags", _HOW)
    return found


def _is_mp3(head: bytes) -> bool:
    """A frame of MPEG audio layer III begins with eleven ones (ISO 11172-3, 2.4.2.3)."""
    return len(head) > 3 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2


_SIGNS: dict[Container, Callable[[bytes], bool]] = {
    "WAV": lambda head: head[8:12] == b"WAVE" and head[:4] in (b"RIFF", b"RF64", b"BW64"),
    "AIFF": lambda head: head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"),
    "FLAC": lambda head: head[:4] == b"fLaC",
    "M4A": lambda head: head[4:8] == b"ftyp",
    "Opus": lambda head: head[:4] == b"OggS" and head[28:36] == b"OpusHead",
    "Vorbis": lambda head: head[:4] == b"OggS" and head[28:35] == b"\x01vorbis",
    "MP3": _is_mp3,
}


def essence_sha256(path: Path, container: Container) -> str:
    """The sha256 of a file's audio, without any tag. Raises OSError, InputError `damaged_file`."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in _PARTS[container](file, path):
            digest.update(piece)
    return digest.hexdigest()


def _span(file: IO[bytes], start: int, size: int) -> Iterator[bytes]:
    file.seek(start)
    while size > 0:
        piece = file.read(min(size, _PIECE))
        if not piece:
            return
        yield piece
        size -= len(piece)


def _of_wav(file: IO[bytes], path: Path) -> Iterator[bytes]:
    data = read_wave(file, path).data
    yield from _span(file, data.start, data.size)


def _of_aiff(file: IO[bytes], path: Path) -> Iterator[bytes]:
    end, at, has_sound = file.seek(0, os.SEEK_END), 12, False
    while at + 8 <= end:
        file.seek(at)
        name, size = file.read(4), int.from_bytes(file.read(4), "big")
        if at + 8 + size > end:
            raise damaged(path, f"its {name.decode('latin-1').strip()} chunk ends after the file")
        if name == b"SSND":
            has_sound = True
            yield from _span(file, at + 8, size)
        at += 8 + size + (size & 1)
    if not has_sound:
        raise damaged(path, "it has no SSND chunk")


def _of_flac(file: IO[bytes], path: Path) -> Iterator[bytes]:
    """What follows the last block of metadata (RFC 9639, 8.1)."""
    end, at = file.seek(0, os.SEEK_END), _start(file) + 4
    is_last = False
    while not is_last:
        file.seek(at)
        head = file.read(4)
        at += 4 + int.from_bytes(head[1:], "big")
        if len(head) < 4 or at > end:
            raise damaged(path, "it ends within its metadata")
        is_last = bool(head[0] & 0x80)
    yield from _span(file, at, end - at)


def _of_mp3(file: IO[bytes], _: Path) -> Iterator[bytes]:
    end, start = file.seek(0, os.SEEK_END), _start(file)
    file.seek(max(0, end - _ID3V1_BYTES))
    if file.read(3) == b"TAG":
        end -= _ID3V1_BYTES
    yield from _span(file, start, end - start)


def _start(file: IO[bytes]) -> int:
    """Where a file begins behind an ID3v2 tag."""
    file.seek(0)
    head = file.read(_ID3_HEAD)
    return _after_id3(head) if head[:3] == b"ID3" and len(head) == _ID3_HEAD else 0


def _after_id3(head: bytes) -> int:
    size = 0
    for each in head[6:10]:
        size = size << 7 | each & 0x7F
    return _ID3_HEAD + size + (_ID3_HEAD if head[5:6] and head[5] & 0x10 else 0)


def _of_m4a(file: IO[bytes], path: Path) -> Iterator[bytes]:
    """Every `mdat` (ISO 14496-12, 8.1.1)."""
    end, at, has_sound = file.seek(0, os.SEEK_END), 0, False
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        size, start = int.from_bytes(head[:4], "big"), at + 8
        if size == 1:
            size, start = int.from_bytes(head[8:], "big"), at + 16
        elif size == 0:
            size = end - at
        if size < start - at or at + size > end:
            raise damaged(path, f"its {head[4:8].decode('latin-1')} atom ends after the file")
        if head[4:8] == b"mdat":
            has_sound = True
            yield from _span(file, start, at + size - start)
        at += size
    if not has_sound:
        raise damaged(path, "it has no mdat atom")


def _of_ogg(container: Container) -> Callable[[IO[bytes], Path], Iterator[bytes]]:
    """Granule positions and bodies of the pages behind the headers', which begin one anew."""

    def parts(file: IO[bytes], path: Path) -> Iterator[bytes]:
        end, at, packets = file.seek(0, os.SEEK_END), 0, 0
        while at < end:
            file.seek(at)
            head = file.read(_OGG_HEAD)
            laces = file.read(head[26]) if len(head) == _OGG_HEAD and head[:4] == b"OggS" else b""
            at += _OGG_HEAD + len(laces) + sum(laces)
            if not laces or at > end:
                raise damaged(path, "it ends within a page, or holds other things than pages")
            if packets >= _HEADER_PACKETS[container]:
                yield head[6:14] + file.read(sum(laces))
            packets += sum(1 for each in laces if each < 255)

    return parts


_PARTS: dict[Container, Callable[[IO[bytes], Path], Iterator[bytes]]] = {
    "WAV": _of_wav,
    "AIFF": _of_aiff,
    "FLAC": _of_flac,
    "MP3": _of_mp3,
    "M4A": _of_m4a,
    "Opus": _of_ogg("Opus"),
    "Vorbis": _of_ogg("Vorbis"),
}
