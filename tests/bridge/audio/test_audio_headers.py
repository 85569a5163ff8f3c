"""Headers that lie, end early or say nothing: read to the sound's end or told, by all alike."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.audio.decode import probe, read_blocks
from sessions.media.archives import Entry
from sessions.media.file_headers import read_header
from stemwright.problems import InputError, Problem

RATE = 48000
CODES = np.random.default_rng(5).integers(-30000, 30000, (1000, 2)).astype(np.int16)
RAW = CODES.astype("<i2").tobytes()
FMT = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 2, RATE, RATE * 4, 4, 16)
UNKNOWN = 0xFFFFFFFF
LIST = b"LIST" + struct.pack("<I4s", 4, b"INFO")


def chunk(name: bytes, body: bytes, size: int | None = None) -> bytes:
    return name + struct.pack("<I", len(body) if size is None else size) + body


def wav(*chunks: bytes, top: bytes = b"RIFF", size: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return top + struct.pack("<I", len(body) if size is None else size) + body


def ds64(data: int, riff: int = 0) -> bytes:
    return chunk(b"ds64", struct.pack("<QQQI", riff, data, data // 4, 0))


def rifx() -> bytes:
    fmt = struct.pack(">4sIHHIIHH", b"fmt ", 16, 1, 2, RATE, RATE * 4, 4, 16)
    data = struct.pack(">4sI", b"data", len(RAW)) + CODES.astype(">i2").tobytes()
    return b"RIFX" + struct.pack(">I", 4 + len(fmt) + len(data)) + b"WAVE" + fmt + data


def aiff(size: int | None = None, coding: bytes = b"", frames: int = 1000) -> bytes:
    little = coding == b"sowt"
    comm = struct.pack(">hIh", 2, frames, 16) + bytes.fromhex("400ebb80000000000000")
    comm += coding + (b"\0\0" if coding else b"")
    body = bytes(8) + CODES.astype("<i2" if little else ">i2").tobytes()
    head = b"AIFC" if coding else b"AIFF"
    head += b"COMM" + struct.pack(">I", len(comm)) + comm
    head += b"SSND" + struct.pack(">I", len(body) if size is None else size) + body
    return b"FORM" + struct.pack(">I", len(head)) + head


def flac(total: int | None = None) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, CODES, RATE, format="FLAC", subtype="PCM_16")
    data = bytearray(file.getvalue())
    if total is not None:
        packed = int.from_bytes(data[18:26], "big") >> 36 << 36 | total
        data[18:26] = packed.to_bytes(8, "big")
    return bytes(data)


TAG = b"ID3\x04\0\0\0\0\x01\x00" + bytes(128)
XML = b"<BWFXML>" + b"x" * 9000 + b"</BWFXML>"
"""An odd size: a byte pads it, or not."""
LASTS = (chunk(b"iXML", XML) + b"\0", LIST, chunk(b"_PMX", XML), LIST)
ANNO = b"ANNO" + struct.pack(">I", 4) + b"mix "
WHOLE = chunk(b"data", RAW)
LONG = chunk(b"data", RAW, UNKNOWN)


def rf64(data: int, riff: int = 0, top: bytes = b"RF64") -> bytes:
    return wav(ds64(data, riff), FMT, LONG, top=top)


def coded(tag: int, rate: int = RATE) -> bytes:
    return wav(struct.pack("<4sIHHIIHH", b"fmt ", 16, tag, 2, rate, 0, 4, 16), WHOLE)


SOUND = {
    "plain": (wav(FMT, WHOLE), None),
    "unknown size": (wav(FMT, chunk(b"data", RAW, UNKNOWN), size=UNKNOWN), "open_ended_audio"),
    "unknown size, chunks behind": (wav(FMT, LONG, *LASTS, size=UNKNOWN), "open_ended_audio"),
    "chunks to the RIFF's end": (
        wav(FMT, LONG, *LASTS, size=4 + 24 + 8 + len(RAW) + sum(map(len, LASTS))) + bytes(50),
        "open_ended_audio",
    ),
    "sox pipe": (wav(FMT, chunk(b"data", RAW, 0x7FFFF000)), "open_ended_audio"),
    "recorder died": (wav(FMT, chunk(b"data", RAW, 0), size=36), "unfinished_header"),
    "recorder died, chunks behind": (
        wav(FMT, chunk(b"data", RAW, 0), *LASTS, size=0),
        "unfinished_header",
    ),
    "chunk behind": (wav(FMT, WHOLE, LIST), None),
    "junk behind": (wav(FMT, WHOLE, bytes(100)), "bytes_behind_audio"),
    "data before fmt": (wav(WHOLE, FMT), None),
    "no padding": (wav(chunk(b"note", b"odd"), FMT, WHOLE), None),
    "padding": (wav(chunk(b"note", b"odd") + b"\0", FMT, WHOLE), None),
    "RF64": (rf64(4000, 4092), None),
    "RF64 riff off by 8": (rf64(4000, 9999), None),
    "RF64 data off by 8": (rf64(4008), None),
    "RF64 unfinished": (rf64(0), "open_ended_audio"),
    "RF64 unfinished, chunk behind": (rf64(0) + LIST, "open_ended_audio"),
    "BW64": (rf64(4000, top=b"BW64"), None),
    "RIFX": (rifx(), None),
    "ID3 in front": (TAG + wav(FMT, WHOLE), None),
    "AIFF": (aiff(), None),
    "AIFF size 0": (aiff(0), "unfinished_header"),
    "AIFF unknown size": (aiff(UNKNOWN), "open_ended_audio"),
    "AIFF unknown size, chunk behind": (aiff(UNKNOWN) + ANNO, "open_ended_audio"),
    "AIFF-C sowt": (aiff(coding=b"sowt"), None),
    "AIFF-C twos": (aiff(coding=b"twos"), None),
    "FLAC": (flac(), None),
    "FLAC unknown length": (flac(0), "length_from_frames"),
    "FLAC said too short": (flac(400), "length_from_frames"),
    "FLAC behind ID3": (TAG + flac(), None),
    "FLAC before ID3v1": (flac(0) + b"TAG" + bytes(125), "length_from_frames"),
}
REFUSED = {
    "WAV cut": (wav(FMT, WHOLE)[:-1001], "truncated_audio"),
    "cut above 2 GiB": (wav(FMT, chunk(b"data", RAW, 0x90000000)), "truncated_audio"),
    "RF64 cut": (rf64(8000), "truncated_audio"),
    "AIFF cut": (aiff()[:-1000], "truncated_audio"),
    "FLAC cut": (flac()[:-300], "truncated_audio"),
    "FLAC said too long": (flac(4000), "truncated_audio"),
    "MP3 in WAV": (coded(0x55), "unsupported_audio"),
    "empty": (wav(FMT, chunk(b"data", b""), LIST), "no_frames"),
    "768 kHz": (coded(1, 768000), "implausible_rate"),
    "M4A": (b"\0\0\0\x1cftypM4A " + bytes(400), "unsupported_audio"),
    "AAC": (b"\xff\xf1\x50\x80" + bytes(400), "unsupported_audio"),
    "MP3 behind ID3": (TAG + b"\xff\xfb\x90\x64" + bytes(400), "unsupported_audio"),
    "chunks without end": (wav(FMT, chunk(b"pad1", b"") * 5000, WHOLE), "too_many_chunks"),
}


def placed(path: Path, data: bytes) -> Path:
    ends = {b"fLaC": ".flac", b"FORM": ".aiff", b"\0\0\0\x1c": ".m4a"}
    start = data[len(TAG) :] if data.startswith(b"ID3") else data
    path = path / f"lead{ends.get(start[:4], '.wav')}"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("case", SOUND)
def test_sound_is_read_to_its_end_and_what_was_doubted_told(case: str, tmp_path: Path) -> None:
    data, doubt = SOUND[case]
    path = placed(tmp_path, data)
    decoded = np.concatenate(list(read_blocks(path)), axis=1)
    assert np.array_equal(decoded[:, :1000] * 32768, CODES.T)
    told = read_header(Entry(path.name, "", path))
    assert not isinstance(told, Problem)
    header = probe(path)
    assert told.media.frames == header.frames == decoded.shape[1]
    assert (told.media.format, told.media.subtype) == (header.format, header.subtype)
    assert decoded.shape[1] == 1000
    codes = [code for code, _ in header.doubts]
    assert codes == [said.code for said in told.diagnostics] == ([doubt] if doubt else [])


@pytest.mark.parametrize(
    "last",
    [LIST[:-1], LIST + b"\0\0", b"LIST" + bytes(8), LIST + b"\x01" * 8, chunk(b"Zzzz", b"1234")],
    ids=["cut", "more behind", "in the middle", "audio behind", "of no known name"],
)
def test_audio_of_no_stated_length_is_not_cut_where_it_looks_like_a_chunk(
    last: bytes, tmp_path: Path
) -> None:
    path = placed(tmp_path, wav(FMT, chunk(b"data", RAW + last, UNKNOWN), size=UNKNOWN))
    header = probe(path)
    assert header.frames == (len(RAW) + len(last)) // 4
    ((_, said),) = header.doubts
    assert said.endswith("read to the file's end")


def test_no_random_audio_is_cut(tmp_path: Path) -> None:
    """2 MiB of codes with the names of chunks strewn in, as no music has them."""
    audio = bytearray(np.random.default_rng(1).bytes(1 << 21))
    for at in range(0, len(audio) - 64, 64):
        audio[at : at + 4] = b"LIST"
    path = placed(tmp_path, wav(FMT, chunk(b"data", bytes(audio), UNKNOWN), size=UNKNOWN))
    assert probe(path).frames == len(audio) // 4


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_whole_is_refused_in_the_same_words(case: str, tmp_path: Path) -> None:
    data, kind = REFUSED[case]
    path = placed(tmp_path, data)
    told = read_header(Entry(path.name, "", path))
    assert isinstance(told, Problem)
    assert told.kind == kind
    with pytest.raises(InputError) as error:
        list(read_blocks(path))
    (problem,) = error.value.problems
    assert problem.message.removeprefix(f"{path}: ") == told.message.removeprefix(f"{path.name} ")


@pytest.mark.parametrize(("size", "code"), [(0, "size_wrapped"), (UNKNOWN, "open_ended_audio")])
def test_audio_beyond_4_gib_is_read_to_its_end(size: int, code: str, tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    there = (1 << 32) + 4 * 100_000
    head = wav(FMT, chunk(b"data", b"", size or there & UNKNOWN))
    with path.open("wb") as file:  # sparse: the disk holds a few pages
        file.write(head)
        file.seek(len(head) + there - len(RAW))
        file.write(RAW)
    assert path.stat().st_blocks * 512 < 1 << 20
    header = probe(path)
    assert (header.frames, [said for said, _ in header.doubts]) == (there // 4, [code])
    path.unlink()


def test_a_wrapped_size_before_further_chunks_is_settled_by_them(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    there = (1 << 32) + 4 * 100_000
    with path.open("wb") as file:
        file.write(wav(FMT, chunk(b"data", b"", there & UNKNOWN)))
        file.seek(there, 1)
        file.write(LIST)
    header = probe(path)
    assert (header.frames, len(header.doubts)) == (there // 4, 1)
    path.unlink()


def test_samples_of_24_bits_in_32_are_read_at_their_place(tmp_path: Path) -> None:
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE * 4, 4, 24)
    codes = np.arange(-500, 500, dtype="<i4") << 8
    path = tmp_path / "a.wav"
    path.write_bytes(wav(fmt, chunk(b"data", codes.tobytes())))
    (block,) = read_blocks(path)
    assert np.array_equal(block[0] * 2**31, codes)
