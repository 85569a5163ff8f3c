"""The time at which a file begins (bext, EBU Tech 3285), kept in the file that takes its place."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from sessions import Sound, identify

_BEXT_BYTES = 602
_TIME_AT = 338
_RIFF_SIZE_AT, _RF64_SIZE_AT = 4, 20


def start_frames(path: Path) -> int | None:
    """The samples since midnight that a file names; None where it names none. Raises OSError."""
    with path.open("rb") as stream:
        found = identify(stream, os.fstat(stream.fileno()).st_size)
    return found.time_reference_frames if isinstance(found, Sound) else None


def with_start(path: Path, frames: int) -> None:
    """Put a start time behind the samples of a WAV that WavWriter wrote. Raises OSError."""
    body = bytearray(_BEXT_BYTES)
    struct.pack_into("<QH", body, _TIME_AT, frames, 1)
    with path.open("r+b") as file:
        is_rf64 = file.read(4) == b"RF64"
        at, coding = (_RF64_SIZE_AT, "<Q") if is_rf64 else (_RIFF_SIZE_AT, "<I")
        file.seek(0, os.SEEK_END)
        file.write(struct.pack("<4sI", b"bext", _BEXT_BYTES) + body)
        size = file.tell() - 8
        file.seek(at)
        file.write(struct.pack(coding, size))
