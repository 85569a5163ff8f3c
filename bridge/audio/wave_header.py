"""The header of a WAV file: RIFF/WAVE, or RF64 where 32 bits do not reach (EBU Tech 3306).

Written here because libsndfile stamps float files with the time of day, so that no two are equal.
"""

from __future__ import annotations

import struct

from bridge.audio.quantise import BITS, Subtype

_PCM, _FLOAT = 1, 3
_DS64_BYTES = 28
_LARGEST = 0xFFFFFFFF


def wave_header(sample_rate_hz: int, channels: int, subtype: Subtype, frames: int) -> bytes:
    """Return everything before the first sample; its length does not depend on `frames`.

    A JUNK chunk keeps the place of the ds64 chunk, as EBU Tech 3306 advises.
    """
    data_bytes = frames * frame_bytes(channels, subtype)
    body = _format_chunk(sample_rate_hz, channels, subtype)
    if subtype.startswith("float"):
        body += struct.pack("<4sII", b"fact", 4, min(frames, _LARGEST))
    riff_bytes = 4 + 8 + _DS64_BYTES + len(body) + 8 + data_bytes + (data_bytes & 1)
    if riff_bytes <= _LARGEST:
        spare = struct.pack("<4sI", b"JUNK", _DS64_BYTES) + bytes(_DS64_BYTES)
        top = struct.pack("<4sI4s", b"RIFF", riff_bytes, b"WAVE")
        return top + spare + body + struct.pack("<4sI", b"data", data_bytes)
    sizes = struct.pack("<4sIQQQI", b"ds64", _DS64_BYTES, riff_bytes, data_bytes, frames, 0)
    top = struct.pack("<4sI4s", b"RF64", _LARGEST, b"WAVE")
    return top + sizes + body + struct.pack("<4sI", b"data", _LARGEST)


def frame_bytes(channels: int, subtype: Subtype) -> int:
    """Return the bytes one frame takes in the data chunk."""
    return channels * BITS[subtype] // 8


def _format_chunk(sample_rate_hz: int, channels: int, subtype: Subtype) -> bytes:
    tag = _FLOAT if subtype.startswith("float") else _PCM
    size = frame_bytes(channels, subtype)
    fields = (tag, channels, sample_rate_hz, sample_rate_hz * size, size, BITS[subtype])
    return struct.pack("<4sIHHIIHH", b"fmt ", 16, *fields)
