"""Small files of every kind that gets tags, and covers for them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import soundfile

RATE_HZ = 48000
_WAYS = {
    "wav": ("WAV", "PCM_24"),
    "rf64": ("RF64", "PCM_24"),
    "aiff": ("AIFF", "PCM_24"),
    "flac": ("FLAC", "PCM_24"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "opus": ("OGG", "OPUS"),
    "ogg": ("OGG", "VORBIS"),
}
KINDS = (*_WAYS, "m4a")


def write_sound(path: Path, kind: str, frames: int = 4801, channels: int = 2) -> Path:
    """Write noise as `kind`, one of KINDS; an odd number of bytes in WAV and AIFF."""
    samples = 0.1 * np.random.default_rng(1).standard_normal((frames, channels))
    if kind == "m4a":
        path.write_bytes(m4a(samples))
        return path
    container, subtype = _WAYS[kind]
    with path.open("wb") as file:
        soundfile.write(file, samples, RATE_HZ, subtype, format=container)
    return path


def m4a(samples: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> bytes:
    """A whole M4A of plain 16-bit samples, (frames, channels): no encoder is needed for it."""
    frames, channels = samples.shape
    sound = np.clip(samples * 32767.0, -32768, 32767).astype("<i2").tobytes()

    def atom(name: bytes, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return struct.pack(">I4s", 8 + len(body), name) + body

    def full(name: bytes, *parts: bytes) -> bytes:
        return atom(name, bytes(4), *parts)

    unity = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    entry = atom(
        b"sowt",
        struct.pack(">6xH8xHHHHI", 1, channels, 16, 0, 0, RATE_HZ << 16),
        atom(b"free"),
    )
    ftyp = atom(b"ftyp", b"M4A ", bytes(4), b"M4A mp42isom")
    table = atom(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), entry),
        full(b"stts", struct.pack(">III", 1, frames, 1)),
        full(b"stsc", struct.pack(">IIII", 1, 1, frames, 1)),
        full(b"stsz", struct.pack(">II", 2 * channels, frames)),
        full(b"stco", struct.pack(">II", 1, len(ftyp) + 8)),
    )
    media = atom(
        b"mdia",
        full(b"mdhd", struct.pack(">IIIIHH", 0, 0, RATE_HZ, frames, 0x55C4, 0)),
        full(b"hdlr", bytes(4), b"soun", bytes(12), b"sound\0"),
        atom(
            b"minf",
            full(b"smhd", bytes(4)),
            atom(b"dinf", full(b"dref", struct.pack(">I", 1), atom(b"url ", b"\0\0\0\1"))),
            table,
        ),
    )
    head = struct.pack(">IIII", 0, 0, 1, 0)
    track = atom(
        b"trak",
        atom(
            b"tkhd",
            b"\0\0\0\7",
            head,
            struct.pack(">I8xHHHH", frames, 0, 0, 0x100, 0),
            unity,
            bytes(8),
        ),
        media,
    )
    moov = atom(
        b"moov",
        full(
            b"mvhd",
            struct.pack(">IIII", 0, 0, RATE_HZ, frames),
            struct.pack(">IH10x", 0x10000, 0x100),
            unity,
            bytes(24),
            struct.pack(">I", 2),
        ),
        track,
    )
    return ftyp + atom(b"mdat", sound) + moov


_SAMPLES_A_PIXEL = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def png(width_px: int, height_px: int, mode: int = 2) -> bytes:
    """A black picture; `mode` is PNG's type of colour."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = zlib.crc32(name + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + name + body + check

    sizes = width_px.to_bytes(4, "big") + height_px.to_bytes(4, "big")
    row = bytes(1 + width_px * _SAMPLES_A_PIXEL[mode])
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", sizes + bytes([8, mode, 0, 0, 0])),
            chunk(b"IDAT", zlib.compress(row * height_px, 9)),
            chunk(b"IEND", b""),
        )
    )


def jpeg(width_px: int, height_px: int, components: int = 3) -> bytes:
    """The segments of a JPEG up to its frame, and its end."""
    sizes = height_px.to_bytes(2, "big") + width_px.to_bytes(2, "big")
    frame = bytes([8]) + sizes + bytes([components]) + bytes(3 * components)
    segments = (
        (0xE0, b"JFIF\0\1\2\0\0\1\0\1\0\0"),
        (0xFE, b"a comment"),
        (0xC2, frame),
    )
    body = b"".join(
        bytes([0xFF, marker]) + (2 + len(each)).to_bytes(2, "big") + each
        for marker, each in segments
    )
    return b"\xff\xd8" + body + b"\xff\xd9"
