"""The chunks of RIFF and IFF audio files: where the samples lie, and how they are coded.

RIFF/RIFX: Microsoft/IBM 1991. RF64 and BW64: EBU Tech 3306, ITU-R BS.2088. bext: EBU Tech 3285.
WAVE_FORMAT_EXTENSIBLE: Microsoft, "Multiple channel audio data and WAVE files". AIFF: Apple 1989,
AIFF-C: Apple 1991. Sizes of 32 bits that cannot be right are settled by what the file holds.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, Protocol

from stemwright.values import dataclass

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


Order = Literal["little", "big"]
_ORDERS: dict[tuple[bytes, bytes], tuple[str, Order]] = {
    (b"RIFF", b"WAVE"): ("WAV", "little"),
    (b"RF64", b"WAVE"): ("RF64", "little"),
    (b"BW64", b"WAVE"): ("BW64", "little"),
    (b"RIFX", b"WAVE"): ("WAV", "big"),
    (b"FORM", b"AIFF"): ("AIFF", "big"),
    (b"FORM", b"AIFC"): ("AIFF", "big"),
}
MAX_CHUNKS = 4096
_TIME_REFERENCE_AT = 338
_WRAP = 1 << 32
_IN_DS64 = _WRAP - 1
# What writers leave for a length they did not know: the largest sizes, less a header's.
_OPEN_ENDED = (range(0x7FFF0000, 0x80001000), range(0xFFFF0000, _WRAP))
_COUNTED_IN = 8
_SSND_HEAD = 8
_OPEN = "does not say where its audio ends"
_UNFINISHED = "says that it holds no audio, and does"
_AUDIO = frozenset({b"data", b"SSND"})
_FORMATS = {b"fmt ": wave_encoding, b"COMM": aiff_encoding}
_FORMAT_BYTES = 64
_KNOWN = frozenset(
    b"fmt |data|fact|bext|iXML|LIST|cue |smpl|inst|JUNK|junk|FLLR|PAD |PEAK|id3 |ID3 |axml|chna|"
    b"ds64|umid|minf|elm1|regn|acid|cart|_PMX|DISP|afsp|levl|link|plst|COMM|SSND|FVER|CHAN|MARK|"
    b"COMT|INST|MIDI|AESD|APPL|NAME|AUTH|(c) |ANNO|basc|trns|cate|LGWV|ResU|SAUR|r64m".split(b"|")
)
_LASTS = _KNOWN - {b"fmt ", b"data", b"ds64", b"COMM", b"SSND"}
"""What may stand behind the audio. Where its size is open, a chain of these that ends exactly with
the file ends the audio: an id by chance also needs a size that fits to the byte."""
_LAST_ID = re.compile(b"|".join(map(re.escape, sorted(_LASTS))))
_SEARCHED_BYTES = 16 << 20


class Readable(Protocol):
    """Bytes by position: a read past the end gives fewer bytes, never an error."""

    def read_at(self, start: int, count: int) -> bytes:
        """Up to `count` bytes from `start`."""
        ...


@dataclass(frozen=True)
class Chunks:
    """What the chunks tell; `encoding` and `start` are None without a format, without samples.

    `size` are the bytes of the samples from `start` that are there, `missing` those the header
    promises beyond the file's end. `doubts` are (code, what was wrong and how it was read), the
    sentence going on from the file's name.
    """

    container: str
    order: Order
    encoding: Encoding | None = None
    start: int | None = None
    size: int = 0
    missing: int = 0
    time_reference_frames: int | None = None
    doubts: tuple[tuple[str, str], ...] = ()
    too_many: bool = False


@dataclass(frozen=True)
class _Chunk:
    id: bytes
    start: int
    size: int
    doubt: tuple[tuple[str, str], ...] = ()


def read_chunks(source: Readable, size: int) -> Chunks | None:
    """Walk the chunks of a file of `size` bytes; None for other files than RIFF and IFF."""
    head = source.read_at(0, 12)
    kind = _ORDERS.get((head[:4], head[8:12]))
    if kind is None:
        return None
    found = Chunks(*kind)
    for number, chunk in enumerate(_walk(source, size, found.order)):
        if number >= MAX_CHUNKS:
            return replace(found, too_many=True)
        found = _with_chunk(found, chunk, source, size)
    return found


def find_chunk(source: Readable, size: int, names: frozenset[bytes]) -> tuple[int, int] | None:
    """Where the body of the first chunk of such a name lies, and how many bytes it has."""
    kind = _ORDERS.get((source.read_at(0, 4), source.read_at(8, 4)))
    walked = _walk(source, size, kind[1]) if kind else iter(())
    found = next((chunk for chunk in walked if chunk.id in names), None)
    return None if found is None else (found.start, found.size)


def _with_chunk(found: Chunks, chunk: _Chunk, source: Readable, size: int) -> Chunks:
    if chunk.id == b"bext" and found.time_reference_frames is None:
        return replace(found, time_reference_frames=_time_reference(source, chunk, found.order))
    if chunk.id in _FORMATS and found.encoding is None:
        body = source.read_at(chunk.start, min(chunk.size, _FORMAT_BYTES))
        return replace(found, encoding=_FORMATS[chunk.id](body, found.order))
    if chunk.id in _AUDIO:
        return _with_audio(found, chunk, source, size)
    return found


def _with_audio(found: Chunks, chunk: _Chunk, source: Readable, size: int) -> Chunks:
    if found.start is not None:
        doubt = ("second_audio_chunk", "holds a second stretch of audio, which is left out")
        return replace(found, doubts=(*found.doubts, doubt))
    start, end = chunk.start, chunk.start + chunk.size
    if chunk.id == b"SSND":
        start += _SSND_HEAD + int.from_bytes(source.read_at(chunk.start, 4), "big")
    return replace(
        found,
        start=start,
        size=max(0, min(end, size) - start),
        missing=max(0, end - size),
        doubts=(*found.doubts, *chunk.doubt),
    )


def _walk(source: Readable, size: int, order: Order) -> Iterator[_Chunk]:
    """Every chunk, the audio's with the size it has; ends where no further one can be."""
    at, long_size = 12, None
    for _ in range(MAX_CHUNKS + 1):
        head = source.read_at(at, 8) if at + 8 <= size else b""
        if len(head) < 8:
            return
        chunk = _Chunk(head[:4], at + 8, int.from_bytes(head[4:], order))
        if chunk.id == b"ds64":
            long_size = int.from_bytes(source.read_at(at + 16, 8), order)
        elif chunk.id in _AUDIO:
            if chunk.size == _IN_DS64 and long_size:
                chunk = _of_ds64(chunk, long_size, size)
            else:
                chunk = _of_32_bits(source, chunk, size, order)
            chunk = _told_rest(source, chunk, size, order)
        yield chunk
        at = _next(source, chunk, size)


def _next(source: Readable, chunk: _Chunk, size: int) -> int:
    """Where the next chunk begins: some writers leave out the byte that pads an odd size."""
    end = chunk.start + chunk.size
    if not chunk.size % 2 or end >= size:
        return end
    unpadded, padded = source.read_at(end, 4), source.read_at(end + 1, 4)
    return end if unpadded in _KNOWN and padded not in _KNOWN else end + 1


def _of_ds64(chunk: _Chunk, long_size: int, size: int) -> _Chunk:
    """Some writers count the chunk's own eight bytes in."""
    there = size - chunk.start
    return replace(chunk, size=there if long_size == there + _COUNTED_IN else long_size)


def _of_32_bits(source: Readable, chunk: _Chunk, size: int, order: Order) -> _Chunk:
    there = size - chunk.start
    stated_none = chunk.size <= (_SSND_HEAD if chunk.id == b"SSND" else 0)
    no_length = any(chunk.size in sizes for sizes in _OPEN_ENDED)
    fits = chunk.size <= there and chunk.size != _IN_DS64
    if fits and _is_followed(source, chunk, size, order):
        return chunk
    if no_length:
        return _read_on(source, chunk, size, order, "open_ended_audio", _OPEN)
    if fits and stated_none:
        return _read_on(source, chunk, size, order, "unfinished_header", _UNFINISHED)
    if fits and there - chunk.size >= _WRAP:
        whole = chunk.size + (there - chunk.size) // _WRAP * _WRAP
        said = "is larger than its header can say; its audio is read whole"
        return replace(chunk, size=whole, doubt=(("size_wrapped", said),))
    return chunk


def _read_on(
    source: Readable, chunk: _Chunk, size: int, order: Order, code: str, said: str
) -> _Chunk:
    """The audio to the chunks that end the file, or to its end."""
    last = _last_chunks(source, chunk.start, size, order)
    where = "the file's end" if last is None else "the chunks that end the file"
    end = size if last is None else last
    told = ((code, f"{said}; it is read to {where}"),)
    return replace(chunk, size=end - chunk.start, doubt=told)


def _last_chunks(source: Readable, start: int, size: int, order: Order) -> int | None:
    """Where, in the last 16 MiB from `start` on, nothing but known chunks is left of the file.

    They end with the file, or where the outermost chunk says that it does.
    """
    low = max(start, size - _SEARCHED_BYTES)
    data = source.read_at(low, size - low)
    ends = bytearray(len(data) + 2)  # 1 where the file, or a chain of chunks up to there, ends
    for end in (size, 8 + int.from_bytes(source.read_at(4, 4), order)):
        if low < end <= size:
            ends[end - low] = 1
    first = None
    for at in reversed(array("Q", (found.start() for found in _LAST_ID.finditer(data)))):
        length = int.from_bytes(data[at + 4 : at + 8], order)
        end = at + 8 + length
        if end <= len(data) and (ends[end] or ends[end + length % 2]):
            ends[at] = 1
            first = first if (low + at) % 2 else low + at
    return first


def _told_rest(source: Readable, chunk: _Chunk, size: int, order: Order) -> _Chunk:
    rest = size - chunk.start - chunk.size
    if rest <= 1 or _is_followed(source, chunk, size, order):
        return chunk
    said = f"holds {rest} bytes behind its audio that its header does not tell of; left out"
    return replace(chunk, doubt=(*chunk.doubt, ("bytes_behind_audio", said)))


def _is_followed(source: Readable, chunk: _Chunk, size: int, order: Order) -> bool:
    """Tell whether nothing but chunks follows the audio: to the file's end, or by a known name."""
    at = _next(source, chunk, size)
    for number in range(MAX_CHUNKS):
        if size - at < 8:
            return number > 0 or size - at <= 1
        head = source.read_at(at, 8)
        after = _Chunk(head[:4], at + 8, int.from_bytes(head[4:], order))
        fits = after.start + after.size <= size + 1
        if after.id in _KNOWN and fits and size - at < _WRAP:
            return True
        if not fits or not all(0x20 <= each < 0x7F for each in after.id):
            return False
        at = _next(source, after, size)
    return False


def _time_reference(source: Readable, chunk: _Chunk, order: Order) -> int | None:
    if chunk.size < _TIME_REFERENCE_AT + 8:
        return None
    field = source.read_at(chunk.start + _TIME_REFERENCE_AT, 8)
    low, high = int.from_bytes(field[:4], order), int.from_bytes(field[4:], order)
    return low + (high << 32) if len(field) == 8 else None
