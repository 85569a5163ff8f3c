"""How long a FLAC is: what its STREAMINFO says, and what its last frame does (RFC 9639).

Streams through a pipe have no length in their header, and joined or cut ones a wrong one; the last
frame states its place in the stream, so nothing needs to be decoded.
"""

from __future__ import annotations

from collections.abc import Iterator

from sessions.media.chunks import Readable
from stemwright.values import dataclass

MAGIC = b"fLaC"
STREAMINFO_BYTES = 42
"""Magic, block header and STREAMINFO, which is always the first block (section 8.2)."""
_TAIL_BYTES = 1 << 20
_ID3V1_BYTES = 128
_LONGEST_HEADER = 16
# A false header passes its own checksum once in some hundred kilobytes.
_MOST_HEADERS, _MOST_TRIED = 4, 1 << 16
# RFC 9639, 9.1.1: the codes of a frame's block size; 6 and 7 say it after the header's number.
_BLOCK_FRAMES = {1: 192, **{code: 576 << (code - 2) for code in range(2, 6)}}
_BLOCK_FRAMES |= {code: 256 << (code - 8) for code in range(8, 16)}


@dataclass(frozen=True)
class StreamInfo:
    """STREAMINFO; `frames` is 0 where the writer did not know."""

    sample_rate_hz: int
    channels: int
    bits: int
    frames: int
    block_frames: int
    largest_frame_bytes: int


@dataclass(frozen=True)
class End:
    """Where the stream ends by its last frame; not `whole` when that frame is cut."""

    frames: int
    whole: bool


def stream_info(head: bytes) -> StreamInfo | None:
    """Read the first STREAMINFO_BYTES of a FLAC; None where they are no such thing."""
    if len(head) < STREAMINFO_BYTES or head[4] & 0x7F or head[5:8] != b"\0\0\x22":
        return None
    packed = int.from_bytes(head[18:26], "big")
    info = StreamInfo(
        sample_rate_hz=packed >> 44,
        channels=(packed >> 41 & 7) + 1,
        bits=(packed >> 36 & 31) + 1,
        frames=packed & ((1 << 36) - 1),
        block_frames=int.from_bytes(head[8:10], "big"),
        largest_frame_bytes=int.from_bytes(head[15:18], "big"),
    )
    return info if info.sample_rate_hz and info.bits >= 4 else None


def with_frames(head: bytes, frames: int) -> bytes:
    """The same first bytes with another length in STREAMINFO."""
    packed = int.from_bytes(head[18:26], "big") >> 36 << 36 | frames
    return head[:18] + packed.to_bytes(8, "big") + head[26:]


def stream_end(source: Readable, size: int, info: StreamInfo) -> End | None:
    """Find the last frame of a FLAC of `size` bytes; None where none is found at its end."""
    if source.read_at(size - _ID3V1_BYTES, 3) == b"TAG":
        size -= _ID3V1_BYTES
    length = min(size, 2 * info.largest_frame_bytes + _LONGEST_HEADER or _TAIL_BYTES, _TAIL_BYTES)
    tail = source.read_at(size - length, length)
    cut = None
    for at, frames in _headers_backwards(tail, info):
        whole = _ends_whole(tail[at:], exactly=frames != info.frames)
        if whole:
            return End(frames, whole=True)
        cut = cut or End(frames, whole=False)
    return cut


def _headers_backwards(tail: bytes, info: StreamInfo) -> Iterator[tuple[int, int]]:
    """(place, the stream's frames up to its block's end) of what can be a frame's header."""
    at, found = len(tail), 0
    for _ in range(_MOST_TRIED):
        at = max(tail.rfind(b"\xff\xf8", 0, at + 1), tail.rfind(b"\xff\xf9", 0, at + 1))
        if at < 0 or found == _MOST_HEADERS:
            return
        end = _block_end(tail[at : at + _LONGEST_HEADER], info)
        if end is not None:
            found += 1
            yield at, end


def _block_end(header: bytes, info: StreamInfo) -> int | None:
    number = _coded_number(header[4:]) if len(header) > 5 and not header[3] & 1 else None
    if number is None:
        return None
    value, used = number
    at, code = 4 + used, header[2] >> 4
    frames = _BLOCK_FRAMES.get(code, 0)
    if code in (6, 7):
        frames = int.from_bytes(header[at : at + code - 5], "big") + 1
        at += code - 5
    at += {12: 1, 13: 2, 14: 2}.get(header[2] & 15, 0)
    if not frames or len(header) <= at or _crc8(header[:at]) != header[at]:
        return None
    return (value if header[1] & 1 else value * info.block_frames) + frames


def _coded_number(data: bytes) -> tuple[int, int] | None:
    """(number, bytes) of a number coded as UTF-8 codes up to 36 bits (section 9.1.5)."""
    first = data[0]
    if first < 0x80:
        return first, 1
    length = 8 - (first ^ 0xFF).bit_length()
    rest = data[1:length]
    if not 2 <= length <= 7 or len(rest) < length - 1 or any(each >> 6 != 2 for each in rest):
        return None
    value = first & ((1 << (7 - length)) - 1)
    for each in rest:
        value = value << 6 | each & 0x3F
    return value, length


def _crc8(data: bytes) -> int:
    crc = 0
    for each in data:
        crc ^= each
        for _ in range(8):
            crc = (crc << 1 ^ 0x107) if crc & 0x80 else crc << 1
    return crc


_CRC16 = []
for _index in range(256):
    _value = _index << 8
    for _ in range(8):
        _value = (_value << 1 ^ 0x18005) if _value & 0x8000 else _value << 1
    _CRC16.append(_value)


def _ends_whole(frame: bytes, *, exactly: bool) -> bool:
    """Tell whether a frame's checksum closes it: at the end, or somewhere before what else is."""
    crc = 0
    for each in frame:
        crc = (crc << 8 & 0xFF00) ^ _CRC16[crc >> 8 ^ each]
        if not crc and not exactly:
            return True
    return not crc
