"""The chunks of RIFF and IFF audio files, as far as a header reader needs them.

RIFF/RIFX: Microsoft/IBM 1991. RF64 and BW64: EBU Tech 3306, ITU-R BS.2088. bext: EBU Tech 3285.
AIFF: Apple 1989.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

_Order = Literal["little", "big"]
_ORDERS: dict[tuple[bytes, bytes], _Order] = {
    (b"RIFF", b"WAVE"): "little",
    (b"RF64", b"WAVE"): "little",
    (b"BW64", b"WAVE"): "little",
    (b"RIFX", b"WAVE"): "big",
    (b"FORM", b"AIFF"): "big",
    (b"FORM", b"AIFC"): "big",
}
_MAX_CHUNKS = 4096
_TIME_REFERENCE_AT = 338
_IN_DS64 = 0xFFFFFFFF
# What a writer leaves in the size of a stream whose end it did not know.
_OPEN_ENDED = 0x7FFF0000


class Readable(Protocol):
    """Bytes by position: a read past the end gives fewer bytes, never an error."""

    def read_at(self, start: int, count: int) -> bytes:
        """Up to `count` bytes from `start`."""
        ...


@dataclass(frozen=True)
class Facts:
    """What the chunks tell.

    `time_reference_frames` is bext's, None without one. `missing_frames` is by how much the file
    is shorter than its data chunk says; `open_ended` when the chunk does not say.
    """

    time_reference_frames: int | None = None
    missing_frames: int = 0
    open_ended: bool = False


@dataclass(frozen=True)
class _Chunk:
    id: bytes
    start: int
    size: int


def facts(source: Readable, size: int) -> Facts:
    """Walk the chunks of a file of `size` bytes; other files than RIFF and IFF have no facts.

    What follows the audio is looked at only while no bext was found, since a zip has to be
    unpacked up to there.
    """
    head = source.read_at(0, 12)
    order = _ORDERS.get((head[:4], head[8:12]))
    if order is None:
        return Facts()
    reference, frame_bytes, declared = None, 1, None
    for chunk in _chunks(source, size, order):
        if chunk.id == b"bext":
            reference = _time_reference(source, chunk, order)
        elif chunk.id in (b"fmt ", b"COMM"):
            frame_bytes = _frame_bytes(source, chunk, order)
        elif chunk.id in (b"data", b"SSND"):
            declared = chunk
            if reference is not None:
                break
    if declared is None:
        return Facts(reference)
    return _with_end(reference, declared, size, frame_bytes)


def _with_end(reference: int | None, data: _Chunk, size: int, frame_bytes: int) -> Facts:
    missing = max(0, data.size - (size - data.start))
    if _OPEN_ENDED <= data.size <= _IN_DS64:
        return Facts(reference, open_ended=missing > 0)
    return Facts(reference, missing // frame_bytes)


def _chunks(source: Readable, size: int, order: _Order) -> Iterator[_Chunk]:
    at, long_data = 12, None
    for _ in range(_MAX_CHUNKS):
        head = source.read_at(at, 8) if at + 8 <= size else b""
        if len(head) < 8:
            return
        chunk = _Chunk(head[:4], at + 8, int.from_bytes(head[4:], order))
        if chunk.id == b"ds64":
            long_data = int.from_bytes(source.read_at(at + 16, 8), order)
        elif chunk.id == b"data" and chunk.size == _IN_DS64 and long_data is not None:
            chunk = _Chunk(chunk.id, chunk.start, long_data)
        yield chunk
        at = chunk.start + chunk.size + chunk.size % 2


def _time_reference(source: Readable, chunk: _Chunk, order: _Order) -> int | None:
    if chunk.size < _TIME_REFERENCE_AT + 8:
        return None
    field = source.read_at(chunk.start + _TIME_REFERENCE_AT, 8)
    low, high = int.from_bytes(field[:4], order), int.from_bytes(field[4:], order)
    return low + (high << 32) if len(field) == 8 else None


def _frame_bytes(source: Readable, chunk: _Chunk, order: _Order) -> int:
    field = source.read_at(chunk.start, 14)
    if chunk.id == b"fmt ":
        return max(1, int.from_bytes(field[12:14], order))
    channels, bits = int.from_bytes(field[:2], order), int.from_bytes(field[6:8], order)
    return max(1, channels * ((bits + 7) // 8))
