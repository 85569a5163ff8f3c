"""Pictures and metadata that tags are tried with."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest


def png(width_px: int, height_px: int, mode: int = 2) -> bytes:
    """A picture without a pixel of its own: its head, its end, and the chunks that must be."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = zlib.crc32(name + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + name + body + check

    sizes = width_px.to_bytes(4, "big") + height_px.to_bytes(4, "big")
    row = bytes(1 + width_px * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[mode])
    pixels = zlib.compress(row * height_px, 9)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", sizes + bytes([8, mode, 0, 0, 0])),
            chunk(b"IDAT", pixels),
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


@pytest.fixture(scope="session")
def cover(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PNG that shops take."""
    path = tmp_path_factory.mktemp("cover") / "cover.png"
    path.write_bytes(png(1400, 1400))
    return path


@pytest.fixture(name="png")
def _png() -> object:
    return png


@pytest.fixture(name="jpeg")
def _jpeg() -> object:
    return jpeg
