"""The chunks of a WAV, RF64 or BW64 file, taken strictly: what is rewritten has to be whole.

RIFF/WAVE: Microsoft/IBM 1991. RF64: EBU Tech 3306. BW64: ITU-R BS.2088. `sessions` reads damaged
files too, and says what it makes of them; such files get no tags.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bridge.delivering.tags.refusals import damaged, unsupported

_LARGEST = 0xFFFFFFFF
_LONG = (b"RF64", b"BW64")
_DS64_BYTES = 28
_MOST_CHUNKS = 4096
_MOST_BODY = 32 << 20
"""Bytes of a chunk that is read whole: a cover of 10 MB has room in it."""
_PIECE = 1 << 20
_UNFINISHED = (0, _LARGEST)


@dataclass(frozen=True)
class Chunk:
    """A chunk where it lies: its body from byte `start`, `size` bytes of it."""

    id: bytes
    start: int
    size: int


@dataclass(frozen=True)
class NewChunk:
    """A chunk to be written."""

    id: bytes
    body: bytes

    @property
    def size(self) -> int:
        """Bytes of its body."""
        return len(self.body)


@dataclass(frozen=True)
class Wave:
    """A file's chunks but for ds64, in their order; `top` is RIFF, RF64 or BW64."""

    path: Path
    top: bytes
    chunks: tuple[Chunk, ...]
    sample_count: int

    def body(self, file: IO[bytes], chunk: Chunk) -> bytes:
        """The whole body of a chunk. Raises InputError for one that is too large for that."""
        if chunk.size > _MOST_BODY:
            raise unsupported(
                self.path,
                f"its {_name(chunk.id)} chunk has {chunk.size} bytes",
                "make it smaller, or take it out",
            )
        file.seek(chunk.start)
        return file.read(chunk.size)

    def of(self, *names: bytes) -> list[Chunk]:
        """The chunks of such names."""
        return [each for each in self.chunks if each.id in names]

    @property
    def data(self) -> Chunk:
        """The chunk of the samples."""
        return self.of(b"data")[0]


def read_wave(file: IO[bytes], path: Path) -> Wave:
    """Find every chunk. Raises InputError `damaged_file`, `tags_unsupported`."""
    end = file.seek(0, 2)
    head = _at(file, 0, 12)
    top = head[:4]
    stated = int.from_bytes(head[4:8], "little")
    long_sizes = _ds64(file, path) if top in _LONG else None
    riff_bytes = stated if long_sizes is None else long_sizes[0]
    if long_sizes is None and stated in _UNFINISHED:
        raise damaged(path, "its RIFF chunk was never finished: its size is not there")
    if 8 + riff_bytes > end:
        raise damaged(path, f"it ends {8 + riff_bytes - end} bytes before its RIFF chunk does")
    if 8 + riff_bytes + (riff_bytes & 1) < end:
        raise damaged(path, f"{end - 8 - riff_bytes} bytes lie after its RIFF chunk")
    chunks = tuple(_chunks(file, path, 8 + riff_bytes, long_sizes))
    for name in (b"fmt ", b"data"):
        count = sum(1 for each in chunks if each.id == name)
        if count != 1:
            raise damaged(path, f"it has {count} {_name(name)} chunks, and should have one")
    frames = 0 if long_sizes is None else long_sizes[2]
    return Wave(path, top, chunks, frames)


def _ds64(file: IO[bytes], path: Path) -> tuple[int, int, int]:
    """(RIFF bytes, data bytes, frames) of the ds64 chunk, which has to be the first."""
    body = _at(file, 12, 8 + _DS64_BYTES)
    if body[:4] != b"ds64" or len(body) < 8 + _DS64_BYTES:
        raise damaged(path, "its ds64 chunk is not there")
    riff_bytes, data_bytes, frames, others = struct.unpack("<QQQI", body[8:])
    if others:
        raise unsupported(
            path, "it has other chunks than its data above 4 GB", "leave its tags as they are"
        )
    return riff_bytes, data_bytes, frames


def _chunks(
    file: IO[bytes], path: Path, end: int, long_sizes: tuple[int, int, int] | None
) -> Iterator[Chunk]:
    at = 12
    for _ in range(_MOST_CHUNKS):
        head = _at(file, at, 8) if at + 8 <= end else b""
        if len(head) < 8:
            if at < end:
                raise damaged(path, f"{end - at} bytes at its end are no chunk")
            return
        name, size = head[:4], int.from_bytes(head[4:], "little")
        if name == b"data" and size == _LARGEST and long_sizes is not None:
            size = long_sizes[1]
        if at + 8 + size > end:
            missing = at + 8 + size - end
            raise damaged(path, f"its {_name(name)} chunk ends {missing} bytes after the file")
        if name != b"ds64":
            yield Chunk(name, at + 8, size)
        at += 8 + size + (size & 1)
        at = min(at, end) if at == end + 1 else at  # the last one's pad byte may be missing
    raise damaged(path, f"it has more than {_MOST_CHUNKS} chunks")


def _at(file: IO[bytes], start: int, count: int) -> bytes:
    file.seek(start)
    return file.read(count)


def _name(chunk_id: bytes) -> str:
    return chunk_id.decode("latin-1").strip()


def write_wave(
    source: IO[bytes],
    wave: Wave,
    out: IO[bytes],
    *,
    keep: Callable[[Chunk], bool],
    before: Sequence[NewChunk],
    after: Sequence[NewChunk],
    largest: int = _LARGEST,
) -> None:
    """Write `wave` anew: the chunks that are kept in their order, new ones around the samples.

    Above `largest` bytes it becomes RF64; RF64 and BW64 stay what they are. Raises OSError.
    """
    at = wave.chunks.index(wave.data)
    kept: list[Chunk | NewChunk] = [each for each in wave.chunks[:at] if keep(each)]
    rest: list[Chunk | NewChunk] = [each for each in wave.chunks[at:] if keep(each)]
    rows = [*kept, *before, *rest, *after]
    riff_bytes = 4 + sum(map(_taken, rows))
    if wave.top not in _LONG and riff_bytes <= largest:
        out.write(struct.pack("<4sI4s", b"RIFF", riff_bytes, b"WAVE"))
    else:
        if rows[0].id == b"JUNK" and rows[0].size == _DS64_BYTES:  # it kept the place
            rows = rows[1:]
        riff_bytes = 4 + 8 + _DS64_BYTES + sum(map(_taken, rows))
        top = wave.top if wave.top in _LONG else b"RF64"
        out.write(struct.pack("<4sI4s", top, _LARGEST, b"WAVE"))
        frames = wave.sample_count or _frames(source, wave)
        sizes = (riff_bytes, wave.data.size, frames, 0)
        out.write(struct.pack("<4sIQQQI", b"ds64", _DS64_BYTES, *sizes))
    is_long = wave.top in _LONG or riff_bytes > largest
    for each in rows:
        _write_chunk(source, each, out, is_long=is_long)


def _taken(chunk: Chunk | NewChunk) -> int:
    return 8 + chunk.size + (chunk.size & 1)


def _frames(source: IO[bytes], wave: Wave) -> int:
    block = int.from_bytes(wave.body(source, wave.of(b"fmt ")[0])[12:14], "little")
    return wave.data.size // max(1, block)


def _write_chunk(
    source: IO[bytes], chunk: Chunk | NewChunk, out: IO[bytes], *, is_long: bool
) -> None:
    size = _LARGEST if is_long and chunk.id == b"data" else chunk.size
    out.write(struct.pack("<4sI", chunk.id, size))
    if isinstance(chunk, NewChunk):
        out.write(chunk.body)
    else:
        source.seek(chunk.start)
        left = chunk.size
        while left:
            piece = source.read(min(left, _PIECE))
            if not piece:
                raise EOFError(chunk.id)
            out.write(piece)
            left -= len(piece)
    if chunk.size & 1:
        out.write(b"\0")
