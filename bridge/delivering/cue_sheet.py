"""The cue sheet of a record's side: where each song starts and ends.

The form is CDRWIN's, which players, editors and cutting rooms read: minutes, seconds and frames, 75
of them a second; INDEX 00 is where the song before ended, INDEX 01 where this one starts. In UTF-8.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bridge.delivering.sides import CUE_HZ, Side

if TYPE_CHECKING:
    from bridge.delivering.tags import SongMetadata

_EAN_DIGITS = 13


def cue_path(path: str) -> str:
    """Where the cue sheet of a file lies: beside it, under its name."""
    return PurePosixPath(path).with_suffix(".cue").as_posix()


def cue_sheet(file_name: str, side: Side, metadata: SongMetadata) -> str:
    """The text of a side's cue sheet; `metadata` are those of its file."""
    return "\r\n".join(_lines(file_name, side, metadata)) + "\r\n"


def _lines(file_name: str, side: Side, metadata: SongMetadata) -> Iterator[str]:
    if metadata.catalog_number:
        yield f"REM CATALOGNUMBER {_quoted(metadata.catalog_number)}"
    yield f"REM COMMENT {_quoted(f'Side {side.letter}')}"
    if metadata.barcode:
        yield f"CATALOG {metadata.barcode.zfill(_EAN_DIGITS)}"
    yield f"PERFORMER {_quoted(metadata.artist)}"
    yield f"TITLE {_quoted(metadata.title)}"
    yield f"FILE {_quoted(file_name)} WAVE"
    ended = 0
    for number, part in enumerate(side.parts, 1):
        yield f"  TRACK {number:02d} AUDIO"
        yield f"    TITLE {_quoted(part.title)}"
        yield f"    PERFORMER {_quoted(part.artist)}"
        if part.isrc:
            yield f"    ISRC {part.isrc}"
        start = _cue_frame(part.start_frame, side.rate_hz)
        if start > ended:
            yield f"    INDEX 00 {_time(ended)}"
        yield f"    INDEX 01 {_time(start)}"
        ended = _cue_frame(part.stop_frame, side.rate_hz)


def _cue_frame(frame: int, rate_hz: int) -> int:
    """The frame of the cue sheet nearest to a frame of the file."""
    return (2 * frame * CUE_HZ + rate_hz) // (2 * rate_hz)


def _time(cue_frame: int) -> str:
    seconds, frames = divmod(cue_frame, CUE_HZ)
    return f"{seconds // 60:02d}:{seconds % 60:02d}:{frames:02d}"


def _quoted(text: str) -> str:
    """A text in quotes, which a cue sheet cannot hold itself."""
    plain = " ".join(text.replace('"', "'").split())
    return f'"{plain}"'
