"""Small pictures: PNG of one colour table, the same bytes for the same numbers."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.uint8]

SHADES = 40
_STOPS = (
    (0.0, (8, 8, 20)),
    (0.25, (59, 15, 112)),
    (0.5, (165, 44, 122)),
    (0.75, (246, 110, 92)),
    (0.9, (254, 190, 130)),
    (1.0, (252, 253, 210)),
)
"""From what is not heard to what is loudest: dark to bright on every page."""


def shaded(levels: Levels) -> str:
    """A data URL of a picture of (rows, columns), each of `SHADES` shades, the top row first."""
    rows, columns = levels.shape
    lines = np.zeros((rows, columns + 1), np.uint8)  # each begins with its filter: none
    lines[:, 1:] = levels
    head = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)
    coded = b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, content)
        for kind, content in (
            (b"IHDR", head),
            (b"PLTE", _palette()),
            (b"IDAT", zlib.compress(lines.tobytes(), 9)),
            (b"IEND", b""),
        )
    )
    return f"data:image/png;base64,{base64.b64encode(coded).decode('ascii')}"


def _chunk(kind: bytes, content: bytes) -> bytes:
    whole = kind + content
    return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))


def _palette() -> bytes:
    at = [place for place, _ in _STOPS]
    shades = np.linspace(0.0, 1.0, SHADES)
    colours = [np.interp(shades, at, [colour[n] for _, colour in _STOPS]) for n in range(3)]
    return np.rint(np.stack(colours, axis=1)).astype(np.uint8).tobytes()
