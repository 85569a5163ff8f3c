"""How samples are coded, as the format chunk of a WAV or an AIFF says it, in libsndfile's words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

_Order = Literal["little", "big"]
_EXTENSIBLE = 0xFFFE
_PCM, _FLOAT, _ALAW, _ULAW = 1, 3, 6, 7
_NAMES = {
    0x0002: "Microsoft ADPCM",
    0x0011: "IMA ADPCM",
    0x0031: "GSM 6.10",
    0x0050: "MPEG",
    0x0055: "MP3",
    0x00FF: "AAC",
    0x0161: "WMA",
    0x2000: "AC-3",
}
LOSSY_IN_WAV = frozenset({"MPEG", "MP3", "AAC", "WMA", "AC-3"})
# A GUID names speakers by the mask only if it ends so (KSDATAFORMAT_SUBTYPE).
_PLAIN_GUID = bytes.fromhex("00001000800000aa00389b71")
# AIFF-C's names of plain samples: (kind, byte order), None for the order of the file.
_AIFC: dict[bytes, tuple[str, _Order]] = {
    b"NONE": ("int", "big"),
    b"twos": ("int", "big"),
    b"in24": ("int", "big"),
    b"in32": ("int", "big"),
    b"sowt": ("int", "little"),
    b"42ni": ("int", "little"),
    b"23ni": ("int", "little"),
    b"fl32": ("float", "big"),
    b"FL32": ("float", "big"),
    b"fl64": ("float", "big"),
    b"FL64": ("float", "big"),
    b"raw ": ("unsigned", "big"),
    b"ulaw": ("ulaw", "big"),
    b"ULAW": ("ulaw", "big"),
    b"alaw": ("alaw", "big"),
    b"ALAW": ("alaw", "big"),
}
_AIFC_BYTES = {b"in24": 3, b"42ni": 3, b"in32": 4, b"23ni": 4, b"fl32": 4, b"FL32": 4}
_AIFC_BYTES |= {b"fl64": 8, b"FL64": 8, b"raw ": 1}
_AIFC_BYTES |= dict.fromkeys((b"ulaw", b"ULAW", b"alaw", b"ALAW"), 1)
_SUBTYPES = {
    ("int", 1): "PCM_S8",
    ("unsigned", 1): "PCM_U8",
    ("int", 2): "PCM_16",
    ("int", 3): "PCM_24",
    ("int", 4): "PCM_32",
    ("float", 4): "FLOAT",
    ("float", 8): "DOUBLE",
    ("ulaw", 1): "ULAW",
    ("alaw", 1): "ALAW",
}


@dataclass(frozen=True)
class Encoding:
    """The coding of samples; `subtype` is None where it is not plain samples, `name` says what.

    `speakers` is the channel mask of WAVE_FORMAT_EXTENSIBLE, None where none is stated, 0 where
    the channels are no speakers (B-format).
    """

    sample_rate_hz: int
    channels: int
    frame_bytes: int
    order: _Order
    subtype: str | None
    name: str = ""
    speakers: int | None = None
    extensible: bool = False


def wave_encoding(body: bytes, order: _Order) -> Encoding | None:
    """What the start of a `fmt ` chunk says; None where it is too short or says nothing usable."""
    if len(body) < 16:
        return None

    def number(at: int, size: int) -> int:
        return int.from_bytes(body[at : at + size], order)

    tag, channels, rate_hz = number(0, 2), number(2, 2), number(4, 4)
    block, bits = number(12, 2), number(14, 2)
    speakers, extensible = None, tag == _EXTENSIBLE and len(body) >= 40
    if extensible:
        tag, mask = number(24, 2), number(20, 4)
        speakers = (mask or None) if body[28:40] == _PLAIN_GUID else 0
    if not channels or not rate_hz:
        return None
    size = _container_bytes(block, bits, channels)
    kinds = {_PCM: "unsigned" if size == 1 else "int", _FLOAT: "float"}
    kinds |= {_ALAW: "alaw", _ULAW: "ulaw"}
    subtype = _SUBTYPES.get((kinds.get(tag, ""), size))
    name = _NAMES.get(tag, f"WAVE codec 0x{tag:04x}")
    frame = channels * size if subtype else max(1, block)
    return Encoding(rate_hz, channels, frame, order, subtype, name, speakers, extensible)


def _container_bytes(block: int, bits: int, channels: int) -> int:
    """Bytes of one sample: the block's share of a channel where it can hold the bits."""
    least = max(1, (bits + 7) // 8)
    share, odd = divmod(block, channels)
    return share if not odd and least <= share <= 8 else least


def aiff_encoding(body: bytes, _order: _Order) -> Encoding | None:
    """What the start of a COMM chunk says; None where it is too short or says nothing usable."""
    if len(body) < 18:
        return None
    channels, bits = int.from_bytes(body[:2], "big"), int.from_bytes(body[6:8], "big")
    rate_hz = _extended(body[8:18])
    if not channels or not rate_hz:
        return None
    compression = body[18:22] or b"NONE"
    kind, order = _AIFC.get(compression, ("", "big"))
    size = _AIFC_BYTES.get(compression, max(1, (bits + 7) // 8))
    subtype = _SUBTYPES.get((kind, size))
    name = f"AIFF-C {compression.decode('latin-1').strip()}"
    return Encoding(rate_hz, channels, channels * size, order, subtype, name)


def _extended(field: bytes) -> int:
    """A sample rate in the 80-bit extended format of IEEE 754; 0 for what is none."""
    exponent = (int.from_bytes(field[:2], "big") & 0x7FFF) - 16383
    mantissa = int.from_bytes(field[2:], "big")
    if not 0 <= exponent < 63:
        return 0
    return round(math.ldexp(mantissa, exponent - 63))
