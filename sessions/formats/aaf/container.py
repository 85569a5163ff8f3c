"""Opening an AAF: its container is proven sound before pyaaf2, which trusts it, walks it.

The container is Microsoft's compound file ([MS-CFB]), the objects in it SMPTE ST 377's and the
AAF Object Specification's (AMWA 1.1).
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO, Any

from aaf2.file import AAFFile  # type: ignore[import-untyped]  # pyaaf2 has no types

from sessions.errors import SessionError
from sessions.model.session import Media
from stemwright.problems import Problem
from stemwright.words import printable

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
# Class ids of AAF containers are SMPTE labels, whole or in halves swapped; others' are not.
_SMPTE = bytes.fromhex("060e2b34")
_HEADER = struct.Struct("<8s16s6H10I")
_ENTRY_BYTES = 128
_LINKS = struct.Struct("<3I")
_LINKS_AT, _KIND_AT, _SIZE_AT = 68, 66, 120
_STREAM = 2
_NONE = _FREE = 0xFFFFFFFF
_LAST_SECTOR = 0xFFFFFFFA


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The AAF at `path` as pyaaf2 opens it; raises SessionError for what it cannot read."""
    fault = _fault(path)
    if fault:
        raise SessionError(damaged(path, fault))
    quiet = logging.root.manager.disable
    instance = AAFFile.__new__(AAFFile)
    try:
        # pyaaf2 reports oddities it copes with on the root logger, which would print them.
        logging.disable(logging.CRITICAL)
        instance.__init__(str(path), "r")  # made in two steps: a failed opening can be closed
        yield instance
    except SessionError:
        raise
    except Exception as error:
        raise SessionError(damaged(path, f"{type(error).__name__}: {error}")) from error
    finally:
        logging.disable(quiet)
        stream = getattr(instance, "f", None)
        if stream is not None:
            stream.close()


def missing_bytes(path: Path) -> int:
    """How many bytes of sectors that are in use stand behind the file's end; never raises."""
    try:
        with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as data:
            return _Container(data).missing_bytes()
    except (OSError, struct.error, IndexError, ValueError):
        return 0


def damaged(path: Path, fault: str) -> Problem:
    """The problem of an AAF that is one by its first bytes and cannot be read."""
    return Problem(
        "damaged_session",
        f"{printable(path.name)} cannot be read as an AAF: {printable(fault)}",
        {"file": printable(path)},
        expected="a complete AAF",
        hint="copy it again, or export the AAF anew from the DAW",
    )


def is_aaf(head: bytes) -> bool:
    """Tell whether the first bytes are a compound file's that says it holds an AAF."""
    return head.startswith(MAGIC) and _SMPTE in head[8:24]


def _fault(path: Path) -> str | None:
    """What makes the container unsafe to walk, if anything does."""
    try:
        with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as data:
            return _Container(data).fault()
    except OSError as error:
        return error.strerror or str(error)
    except (struct.error, IndexError, ValueError):
        return "it is cut short"


class _Container:
    """The sector tables and the directory of a compound file."""

    def __init__(self, data: mmap) -> None:
        fields = _HEADER.unpack_from(data)
        self.data = data
        self.sector_bytes = 1 << min(fields[5], 20)
        self.fat_sectors, self.directory_start = fields[10], fields[11]
        self.mini_sectors, self.difat_start, self.difat_sectors = fields[15:18]
        self.directory_sectors = fields[9]
        self.most = len(data) // self.sector_bytes + 1

    def fault(self) -> str | None:
        if self.sector_bytes not in (512, 4096):
            return f"its sectors are {self.sector_bytes} bytes"
        counts = (self.fat_sectors, self.mini_sectors, self.difat_sectors, self.directory_sectors)
        if max(counts) > self.most:
            return "its header counts more sectors than the file has"
        directory = self._directory()
        if directory is None:
            return "its directory does not end"
        return self._tree_fault(directory)

    def missing_bytes(self) -> int:
        """What the last sector in use lacks ([MS-CFB] 2.2: a file is whole sectors)."""
        used = [number for number, after in enumerate(self._table()) if after != _FREE]
        end: int = (max(used, default=-1) + 2) * self.sector_bytes
        return max(0, end - len(self.data))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.sector_bytes
        found = self.data[start : start + self.sector_bytes]
        if len(found) < self.sector_bytes and number * self.sector_bytes > len(self.data):
            raise ValueError("beyond the file's end")
        return found

    def _words(self, number: int) -> tuple[int, ...]:
        sector = self._sector(number)
        return struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])

    def _table(self) -> list[int]:
        """The sector after each sector."""
        listed = list(struct.unpack_from("<109I", self.data, 76))
        following = self.difat_start
        for _ in range(self.difat_sectors):
            if following >= _LAST_SECTOR:
                break
            words = self._words(following)
            listed += words[:-1]
            following = words[-1]
        table: list[int] = []
        for number in listed:
            if number < _LAST_SECTOR:
                table += self._words(number)
        return table

    def _directory(self) -> bytes | None:
        table = self._table()
        found, number = bytearray(), self.directory_start
        for _ in range(self.most):
            if number >= _LAST_SECTOR:
                return bytes(found)
            found += self._sector(number)
            number = table[number]
        return None

    def _tree_fault(self, directory: bytes) -> str | None:
        count = len(directory) // _ENTRY_BYTES
        reached, waiting = {0}, [0]
        while waiting:
            at = waiting.pop() * _ENTRY_BYTES
            # Of a version 3 file only the lower half counts ([MS-CFB] 2.6.1); pyaaf2 takes both.
            size: int = struct.unpack_from("<Q", directory, at + _SIZE_AT)[0]
            if directory[at + _KIND_AT] == _STREAM and size > len(self.data):
                return "a stream in it claims more bytes than the file has"
            for child in _LINKS.unpack_from(directory, at + _LINKS_AT):
                if child == _NONE:
                    continue
                if child >= count or child in reached:
                    return "its directory is tangled"
                reached.add(child)
                waiting.append(child)
        return None


_CHUNK_BYTES = 1 << 20
_LONGEST_BYTES = (1 << 32) - 64


def write_embedded(media: Media, stream: IO[bytes]) -> None:
    """Write the audio of an embedded `media` (format WAV, AIFF or RAW) to `stream` as a file.

    RAW is PCM without a header, and gets a WAV's. Raises SessionError when it cannot be read.
    """
    with opened(media.path) as aaf:
        for data in aaf.content.essencedata:
            if str(data.mob_id) == media.member:
                if media.format == "RAW":
                    stream.write(_wav_header(media))
                written = 0
                for block in _blocks(data.open("r")):
                    written += stream.write(block)
                if media.format == "RAW" and written < _audio_bytes(media):
                    lacking = f"its audio of {_audio_bytes(media)} bytes ends after {written}"
                    raise SessionError(damaged(media.path, lacking))
                return
    raise SessionError(damaged(media.path, f"it holds no audio of {media.member}"))


def _blocks(essence: IO[bytes]) -> Iterator[bytes]:
    while block := essence.read(_CHUNK_BYTES):
        yield bytes(block)


def _frame_bytes(media: Media) -> int:
    return media.channels * ((int(media.subtype.removeprefix("PCM_")) + 7) // 8)


def _audio_bytes(media: Media) -> int:
    return media.frames * _frame_bytes(media)


def _wav_header(media: Media) -> bytes:
    bits, block = int(media.subtype.removeprefix("PCM_")), _frame_bytes(media)
    size = _audio_bytes(media)
    if size > _LONGEST_BYTES:
        raise SessionError(damaged(media.path, f"its audio of {size} bytes is too long for a WAV"))
    rate = media.sample_rate_hz
    form = struct.pack("<2H2I2H", 1, media.channels, rate, rate * block, block, bits)
    return b"".join(
        (
            b"RIFF" + struct.pack("<I", 36 + size) + b"WAVE",
            b"fmt " + struct.pack("<I", len(form)) + form,
            b"data" + struct.pack("<I", size),
        )
    )
