"""Decoding audio files to blocks, streaming, with every fault of the library mapped."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from bridge.audio import BLOCK_FRAMES, Block
from bridge.audio.faults import unreadable

_CUT_SHORT = re.compile(r"(?:data|SSND|riff|Riff size)\s*: (\d+) \(should be (\d+)\)")
_UNKNOWN_LENGTH = 0x7FFF0000
"""From here on a 32-bit chunk size is what a writer to a pipe puts, not a length."""


@dataclass(frozen=True)
class Header:
    """What a file says about itself; `subtype` and `format` in libsndfile's words (PCM_24, WAV)."""

    sample_rate_hz: int
    channels: int
    frames: int
    subtype: str
    format: str

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate_hz


def probe(path: Path) -> Header:
    """Read the header of an audio file.

    Raises InputError: missing_file, not_audio, empty_audio, truncated, unreadable_file.
    """
    with _opened(path) as file:
        return _header(file)


def read_blocks(path: Path, frames: int = BLOCK_FRAMES) -> Iterator[Block]:
    """Decode a file to contiguous (channels, n) float64 blocks of `frames`, the last one shorter.

    Integer samples are divided by 2**(bits - 1), exactly. Non-finite samples pass (see `inspect`).
    Raises InputError as `probe` does, and `truncated` when fewer frames decode than announced.
    """
    with _opened(path) as file:
        left = int(file.frames)
        while left > 0:
            samples = file.read(min(frames, left), dtype="float64", always_2d=True)
            if not len(samples):
                raise _truncated(path)
            left -= len(samples)
            yield np.ascontiguousarray(samples.T)


def named(path: Path) -> str | bytes:
    """A path the way the system has it: names that are not UTF-8 go to libsndfile as bytes."""
    return str(path) if os.name == "nt" else os.fsencode(path)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if not path.exists():
        raise unreadable("missing_file", path, "no such file", "check the name and the folder")
    if not path.is_file():
        raise unreadable("not_audio", path, "is not a file", "name a WAV, AIFF or FLAC file")
    try:
        with path.open("rb"), soundfile.SoundFile(named(path)) as file:
            _refuse_cut_short(path, file)
            yield file
    except OSError as cause:
        message = f"cannot be read: {cause.strerror or cause}"
        raise unreadable("unreadable_file", path, message, "check its permissions") from cause
    except soundfile.LibsndfileError as cause:
        raise _library_error(path, cause.code) from cause
    except TypeError as cause:  # headerless formats, guessed from the extension
        raise _library_error(path, 1) from cause


def _refuse_cut_short(path: Path, file: Any) -> None:
    for announced, present in _CUT_SHORT.findall(file.extra_info):
        if int(present) + 1 < int(announced) < _UNKNOWN_LENGTH:
            raise _truncated(path)
    if not file.frames:
        raise unreadable(
            "empty_audio", path, "holds no samples", "export it again, or take it out of the set"
        )


def _truncated(path: Path) -> Exception:
    return unreadable(
        "truncated",
        path,
        "is cut short: it holds fewer samples than its header says",
        "copy or export it again",
    )


def _library_error(path: Path, code: int) -> Exception:
    if path.stat().st_size == 0:
        return unreadable("empty_audio", path, "is an empty file", "export it again")
    if code > 4:  # sndfile.h: 1 unrecognised, 2 system, 3 malformed, 4 unsupported; above: decoding
        return unreadable(
            "truncated", path, "stops decoding before its end", "copy or export it again"
        )
    return unreadable(
        "not_audio",
        path,
        "is not audio this can read",
        "export WAV, AIFF or FLAC; other formats must be converted first",
    )


def _header(file: Any) -> Header:
    return Header(
        int(file.samplerate), int(file.channels), int(file.frames), file.subtype, file.format
    )
