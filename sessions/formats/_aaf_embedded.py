"""Audio that lies inside an AAF, copied out as a file of its own."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

from sessions.errors import SessionError
from sessions.formats._aaf_container import damaged, opened
from sessions.model import Media

_CHUNK_BYTES = 1 << 20
_LONGEST_BYTES = (1 << 32) - 64


def write_embedded(media: Media, stream: IO[bytes]) -> None:
    """Write the audio of an embedded `media` (format WAV, AIFF or RAW) to `stream` as a file.

    RAW is PCM without a header, and gets a WAV's. Raises SessionError when it cannot be read.
    """
    with opened(media.path) as aaf:
        for data in aaf.content.essencedata:
            if str(data.mob_id) == media.member:
                if media.format == "RAW":
                    stream.write(_wav_header(media))
                written = 0
                for block in _blocks(data.open("r")):
                    written += stream.write(block)
                if media.format == "RAW" and written < _audio_bytes(media):
                    lacking = f"its audio of {_audio_bytes(media)} bytes ends after {written}"
                    raise SessionError(damaged(media.path, lacking))
                return
    raise SessionError(damaged(media.path, f"it holds no audio of {media.member}"))


def _blocks(essence: IO[bytes]) -> Iterator[bytes]:
    while block := essence.read(_CHUNK_BYTES):
        yield bytes(block)


def _frame_bytes(media: Media) -> int:
    return media.channels * ((int(media.subtype.removeprefix("PCM_")) + 7) // 8)


def _audio_bytes(media: Media) -> int:
    return media.frames * _frame_bytes(media)


def _wav_header(media: Media) -> bytes:
    bits, block = int(media.subtype.removeprefix("PCM_")), _frame_bytes(media)
    size = _audio_bytes(media)
    if size > _LONGEST_BYTES:
        raise SessionError(damaged(media.path, f"its audio of {size} bytes is too long for a WAV"))
    rate = media.sample_rate_hz
    form = struct.pack("<2H2I2H", 1, media.channels, rate, rate * block, block, bits)
    return b"".join(
        (
            b"RIFF" + struct.pack("<I", 36 + size) + b"WAVE",
            b"fmt " + struct.pack("<I", len(form)) + form,
            b"data" + struct.pack("<I", size),
        )
    )
