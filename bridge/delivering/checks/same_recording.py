"""Files of one folder that are called one version: they have to be one recording."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.audio import Block, probe, read_blocks, resampled, resampled_frames
from bridge.delivering.checks.result import Checked, outcome_of
from bridge.delivering.files import decoded_copy
from bridge.delivering.tags import read_tags
from stemwright.problems import InputError

if TYPE_CHECKING:
    from bridge.delivering.files import FileFacts

_LEAST_CORRELATION = 0.97
"""A voice that is 12 dB under the rest, and missing, leaves 0.97."""
_MOST_LENGTHS_S = 0.5
_MOST_HEADS_S = 0.1
_COMPARED_HZ = 12000
_TECHNICAL = re.compile(
    r"\d+k(\d\d)?|\d+b|\d+bit|\d+hz|\d+ch|\d+kbps|(mp3|opus|aac)\d*|preview|[rv]\d+", re.IGNORECASE
)
_BREAKS = re.compile(r"[_\- ]+")


@dataclass(frozen=True)
class HeardFile:
    """A file of a folder, by its path in it, with what was read of it."""

    name: str
    place: Path
    facts: FileFacts


def same_recording_checks(files: Sequence[HeardFile]) -> Iterator[Checked]:
    """Each file against the first one that is called as it is: recording, length, head.

    Two are called one version where they have one ISRC (ISO 3901: it is of one recording), or
    names that differ in nothing but rate, depth, format and revision.
    """
    first: dict[str, HeardFile] = {}
    for file in files:
        keys = [*_keys(file)]
        other = next((first[key] for key in keys if key in first), None)
        for key in keys:
            first.setdefault(key, file)
        if other is not None:
            yield from _alike(file, other)


def _keys(file: HeardFile) -> Iterator[str]:
    try:
        isrc = read_tags(file.place).values.get("isrc")
    except InputError:
        isrc = None
    if isrc:
        yield f"isrc {isrc}"
    yield "name " + " ".join(name_words(file.place))


def name_words(place: Path) -> tuple[str, ...]:
    """The words of a file's name that say no rate, depth, format or revision, in small letters."""
    words = _BREAKS.split(place.stem.casefold())
    return tuple(each for each in words if not _TECHNICAL.fullmatch(each))


def _alike(file: HeardFile, other: HeardFile) -> Iterator[Checked]:
    one, two = file.facts, other.facts
    lengths_s = [each.seconds - each.head_s - each.tail_s for each in (one, two)]
    kept = abs(lengths_s[0] - lengths_s[1]) <= _MOST_LENGTHS_S
    words = "" if kept else f"{other.name} is called the same, and sounds for another time"
    found_s, wanted_s = (round(each, 3) for each in lengths_s)
    yield Checked(file.name, "same_length", outcome_of(kept), found_s, wanted_s, "s", words)
    kept = abs(one.head_s - two.head_s) <= _MOST_HEADS_S
    words = "" if kept else f"{other.name} is called the same, and begins at another time"
    heads_s = round(one.head_s, 3), round(two.head_s, 3)
    yield Checked(file.name, "same_head", outcome_of(kept, "warn"), *heads_s, "s", words)
    if max(lengths_s) <= 0.0 or min(lengths_s) <= 0.0:
        return
    alike = correlation(file.place, other.place)
    same = alike >= _LEAST_CORRELATION
    words = "" if same else f"not the recording of {other.name}, which is called the same"
    found = round(alike, 4)
    yield Checked(
        file.name, "same_recording", outcome_of(same), found, _LEAST_CORRELATION, words=words
    )


def correlation(a: Path, b: Path) -> float:
    """How alike two files are in the middle of their sides, once aligned: 1 is the same."""
    from bridge.comparing import Streams, align

    with decoded_copy(a) as one, decoded_copy(b) as two:
        reads = [_middle(each) for each in (one, two)]
        heads = [probe(each) for each in (one, two)]
        frames = [
            resampled_frames(each.frames, each.sample_rate_hz, _COMPARED_HZ) for each in heads
        ]
        streams = Streams(reads[0], reads[1], (frames[0], frames[1]), _COMPARED_HZ, 1)
        _, found = align(streams, trusted=0.0)
    return found


def _middle(path: Path) -> Callable[[], Iterable[Block]]:
    def read() -> Iterable[Block]:
        blocks = (block.mean(axis=0, keepdims=True) for block in read_blocks(path))
        return resampled(blocks, 1, probe(path).sample_rate_hz, _COMPARED_HZ)

    return read
