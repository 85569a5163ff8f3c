"""Sides of a record: which songs lie on each, from which frame to which."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from bridge.audio import resampled_frames
from bridge.delivering.tags import SongMetadata
from stemwright.problems import InputError, Problem
from stemwright.words import counted

if TYPE_CHECKING:
    from bridge.delivering.planning import SongToDeliver

CUE_HZ = 75
"""Frames a second of a cue sheet: what a song's start can be told by."""
_VARIOUS = "Various Artists"


@dataclass(frozen=True)
class AskedRecord:
    """What is asked of a record: how many songs lie on each of its `sides`, none: all on one.

    None of `pause_s` and `record`: what the profile says.
    """

    sides: tuple[int, ...] = ()
    pause_s: float | None = None
    record: str | None = None


@dataclass(frozen=True)
class SidePart:
    """A version of the `song`th of those given, on a side, in frames of the side's file."""

    song: int
    version: str
    title: str
    artist: str
    isrc: str
    start_frame: int
    stop_frame: int


@dataclass(frozen=True)
class Side:
    """One side of a record."""

    letter: str
    record: str
    rate_hz: int
    parts: tuple[SidePart, ...]

    @property
    def name(self) -> str:
        """What it is called in place of a version."""
        return f"side {self.letter}"

    def song_at(self, seconds: float) -> str:
        """Which song is heard there: A2 and its title; "" in a pause."""
        frame = round(seconds * self.rate_hz)
        for number, part in enumerate(self.parts, 1):
            if part.start_frame <= frame < part.stop_frame:
                return f"{self.letter}{number} {part.title}"
        return ""

    def as_json(self) -> dict[str, Any]:
        """What the manifest says of it."""
        return {
            "letter": self.letter,
            "record": self.record,
            "songs": [
                {
                    "title": each.title,
                    "artist": each.artist,
                    "isrc": each.isrc,
                    "from_s": each.start_frame / self.rate_hz,
                    "to_s": each.stop_frame / self.rate_hz,
                }
                for each in self.parts
            ],
        }


def side_rate_hz(songs: Sequence[SongToDeliver]) -> int:
    """The rate that most of the songs have; of several the highest."""
    counts = Counter(each.rate_hz for each in songs)
    return max(counts, key=lambda rate_hz: (counts[rate_hz], rate_hz))


def sides_of(
    songs: Sequence[SongToDeliver],
    counts: Sequence[int],
    version: str,
    rate_hz: int,
    pause_s: float,
    head_s: float,
    record: str,
) -> Iterator[Side]:
    """Lay songs on sides in the order they are given, `counts` on each; none: all on one.

    A song after a pause begins on a frame of the cue sheet, so that this says it exactly; without
    a pause it begins where the one before it ends. Raises InputError `bad_sides`.
    """
    shares = list(counts) or [len(songs)]
    if sum(shares) != len(songs) or min(shares) < 1 or len(shares) > len(string.ascii_uppercase):
        said = (
            f"{', '.join(map(str, shares))} on sides, and there are {counted(len(songs), 'song')}"
        )
        hint = "say how many songs lie on each side, in order: --sides 3,2"
        raise InputError(Problem("bad_sides", said, hint=hint))
    first = 0
    for letter, share in zip(string.ascii_uppercase, shares, strict=False):
        numbers = range(first, first + share)
        parts = tuple(_parts(songs, numbers, version, rate_hz, pause_s, head_s))
        yield Side(letter, record, rate_hz, parts)
        first += share


def _parts(
    songs: Sequence[SongToDeliver],
    numbers: Sequence[int],
    version: str,
    rate_hz: int,
    pause_s: float,
    head_s: float,
) -> Iterator[SidePart]:
    start = round(head_s * rate_hz)
    for number in numbers:
        song = songs[number]
        metadata = song.metadata.of_version(version)
        stop = start + resampled_frames(song.frames, song.rate_hz, rate_hz)
        yield SidePart(number, version, metadata.title, metadata.artist, metadata.isrc, start, stop)
        start = stop if not pause_s else _on_cue_grid(stop + round(pause_s * rate_hz), rate_hz)


def _on_cue_grid(frame: int, rate_hz: int) -> int:
    """The first frame from `frame` on at which a frame of a cue sheet begins."""
    cue_frame = -(-frame * CUE_HZ // rate_hz)
    return -(-cue_frame * rate_hz // CUE_HZ)


def common_metadata(songs: Sequence[SongMetadata], version: str = "") -> SongMetadata:
    """What all songs say alike; their titles beside each other where no album is said.

    Several recordings have no one ISRC and no one track number. Raises InputError
    `songs_disagree` for a catalogue number that is not the same.
    """
    if len(songs) == 1:
        return replace(songs[0], version=version or songs[0].version)
    numbers = sorted({each.catalog_number for each in songs})
    if len(numbers) > 1:
        said = f"the songs say different catalogue numbers: {', '.join(map(repr, numbers))}"
        hint = "say one for all: --set catalog_number=..., or metadata.catalog_number in each job"
        raise InputError(Problem("songs_disagree", said, hint=hint))
    empty, first = SongMetadata(), songs[0]
    alike = {
        each.name: getattr(first, each.name)
        for each in fields(SongMetadata)
        if each.name != "versions"
        and all(getattr(song, each.name) == getattr(first, each.name) for song in songs)
    }
    artist = alike.get("artist") or alike.get("album_artist") or _VARIOUS
    title = alike.get("album") or " / ".join(each.title for each in songs)
    own = {"title": title, "artist": artist, "version": version, "isrc": "", "track": 0, "bpm": 0.0}
    return replace(empty, **{**alike, **own})
