"""The cue sheet of a record's side: where each song starts and ends.

The form is CDRWIN's, which players, editors and cutting rooms read: minutes, seconds and frames, 75
of them a second; INDEX 00 is where the song before ended, INDEX 01 where this one starts. In UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from bridge.delivering.checks import Checked, outcome_of
from bridge.delivering.sides import CUE_HZ, Side

if TYPE_CHECKING:
    from bridge.delivering.tags import SongMetadata

_EAN_DIGITS = 13
_MOST_BYTES = 100_000
_FILE = re.compile(r'^\s*FILE\s+(?:"([^"]*)"|(\S+))', re.MULTILINE | re.IGNORECASE)
_INDEX = re.compile(r"^\s*INDEX\s+(\d+)\s+(\d+):(\d+):(\d+)\s*$", re.MULTILINE | re.IGNORECASE)


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


def cue_checks(name: str, place: Path, seconds: float) -> Iterator[Checked]:
    """Whether a side's file, `seconds` long, has a cue sheet beside it that is of it."""
    path = place.with_suffix(".cue")
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8-sig", "replace")
    except OSError:
        words = "a side has a cue sheet beside it, under its name"
        yield Checked(name, "cue", "fail", None, path.name, words=words)
        return
    faults = list(_cue_faults(text, place.name, seconds))
    outcome = outcome_of(not faults)
    yield Checked(name, "cue", outcome, path.name, None, words="; ".join(faults))


def _cue_faults(text: str, file_name: str, seconds: float) -> Iterator[str]:
    named = [quoted or plain for quoted, plain in _FILE.findall(text)]
    if [each.casefold() for each in named] != [file_name.casefold()]:
        yield f"it is of {', '.join(named) or 'no file'}"
    rows = [
        (int(kind), (int(minutes) * 60 + int(whole)) + int(frames) / CUE_HZ)
        for kind, minutes, whole, frames in _INDEX.findall(text)
    ]
    times_s = [time_s for _, time_s in rows]
    if not any(kind == 1 for kind, _ in rows):
        yield "it says of no song where it starts"
    if any(after < before for before, after in pairwise(times_s)):
        yield "its times go back"
    if times_s and max(times_s) >= seconds:
        yield f"it goes on to {max(times_s):.2f} s, and the side ends at {seconds:.2f} s"
