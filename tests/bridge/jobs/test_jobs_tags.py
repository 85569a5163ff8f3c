"""What a new job reads of clients' tags, and what it does not unpack."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.jobs.tags import SongTags, tags_of

_UNPACKED_BYTES = 24 << 20


def _packed(version: int) -> bytes:
    """A frame of a user's text that is compressed (ID3v2.3, 3.3.1; ID3v2.4, 4.1.2)."""
    body = b"\3theirs\0" + b"a" * _UNPACKED_BYTES
    packed = zlib.compress(body)
    length = len(body).to_bytes(4, "big") if version == 3 else bytes(4)
    size = 4 + len(packed) if version == 3 else _seven_bits(4 + len(packed))
    flags = b"\0\x80" if version == 3 else b"\0\x09"
    return b"TXXX" + size.to_bytes(4, "big") + flags + length + packed


def _seven_bits(value: int) -> int:
    return sum((value >> 7 * at & 0x7F) << 8 * at for at in range(4))


def _tag(version: int, frames: bytes) -> bytes:
    return b"ID3" + bytes([version, 0, 0]) + _seven_bits(len(frames)).to_bytes(4, "big") + frames


def _with_tag(path: Path, tag: bytes) -> Path:
    """A file of a second of silence with the tag where its format has it."""
    soundfile.write(path, np.zeros((48000, 2)), 48000)
    octets = path.read_bytes()
    if path.suffix == ".mp3":
        path.write_bytes(tag + octets)
        return path
    pack, name = (">I", b"ID3 ") if path.suffix == ".aiff" else ("<I", b"id3 ")
    tag += bytes(len(tag) & 1)
    octets += name + struct.pack(pack, len(tag)) + tag
    path.write_bytes(octets[:4] + struct.pack(pack, len(octets) - 8) + octets[8:])
    return path


@pytest.mark.parametrize("suffix", [".wav", ".aiff", ".mp3"])
@pytest.mark.parametrize("version", [3, 4])
def test_a_tag_says_the_title_but_no_compressed_one(
    tmp_path: Path, suffix: str, version: int
) -> None:
    title = b"TIT2\0\0\0\6\0\0\3Night"
    plain = _with_tag(tmp_path / f"plain{suffix}", _tag(version, title))
    assert tags_of(plain, []).title == "Night"
    packed = _with_tag(tmp_path / f"packed{suffix}", _tag(version, title + _packed(version)))
    tracemalloc.start()
    told = tags_of(packed, [plain])
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert told == SongTags("Night")
    assert peak_bytes < _UNPACKED_BYTES // 2
    assert tags_of(packed, []) == SongTags()
