"""Texts in a WAV file's ID3 chunk, after its samples; what other programs put there stays.

They are user texts (TXXX, ID3v2.4 4.2.6), found by their descriptions.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mutagen import MutagenError
from mutagen.id3 import TXXX
from mutagen.wave import WAVE

_LARGEST_RIFF_BYTES = 0xFFFFFFFF
_ROOM_BYTES = 1 << 20
_UTF8 = 3
_MALFORMED = (MutagenError, ValueError, LookupError, ArithmeticError, TypeError, struct.error)
"""What mutagen lets through for chunks and frames that are damaged."""


def can_carry(path: Path) -> bool:
    """Tell whether a file is a RIFF/WAVE with room for a chunk; RF64 and files near 4 GiB are not.

    Raises OSError.
    """
    with path.open("rb") as file:
        head = file.read(12)
    there = path.stat().st_size
    return head[:4] + head[8:] == b"RIFFWAVE" and there + _ROOM_BYTES <= _LARGEST_RIFF_BYTES


def write_texts(path: Path, texts: Mapping[str, str]) -> None:
    """Put `texts` into a file that `can_carry` them, by description; others and samples stay.

    The same file and texts make the same bytes. Raises OSError when the disk refuses, ValueError
    for a file that is no WAV.
    """
    try:
        wav: Any = WAVE(path)
        if wav.tags is None:
            wav.add_tags()
        for description, text in texts.items():
            wav.tags.add(TXXX(encoding=_UTF8, desc=description, text=[text]))
        wav.save(padding=lambda _: 0)
    except MutagenError as error:
        cause = error.args[0] if error.args else None
        if isinstance(cause, OSError):
            raise cause from error
        raise ValueError(f"{path}: {error}") from error


def read_texts(path: Path) -> dict[str, str]:
    """Return the user texts of a WAV file by description; none where nothing can be read."""
    try:
        tags: Any = WAVE(path).tags
        frames = [] if tags is None else tags.getall("TXXX")
        return {frame.desc: str(frame.text[0]) for frame in frames if frame.text}
    except _MALFORMED:
        return {}
