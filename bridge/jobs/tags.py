"""What the files of a song say of it: title, artist, tempo, and what goes on to delivery."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stemwright.problems import InputError
from stemwright.words import printable

_NAMES = {
    "title": "TIT2",
    "artist": "TPE1",
    "bpm": "TBPM",
    "album": "TALB",
    "albumartist": "TPE2",
    "composer": "TCOM",
    "date": "TDRC",
    "genre": "TCON",
    "isrc": "TSRC",
    "copyright": "TCOP",
    "organization": "TPUB",
}
"""Tags by the names that Vorbis comments have (FLAC), and the ID3v2.4 frames of WAV and AIFF."""
_OF_THE_SONG = ("title", "artist", "bpm")
"""What has a line of its own in a job; the others are metadata, which go on to delivery."""
_ID3_CHUNKS = (None, b"id3 ", b"ID3 ")
"""Where an ID3 tag lies that may unpack to gigabytes: at the beginning, or in such a chunk."""
_MOST_FILES = 64
_LONGEST = 1000


@dataclass(frozen=True)
class SongTags:
    """What tags say of the song; empty and None where they say nothing."""

    title: str = ""
    artist: str = ""
    tempo_bpm: float | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


def tags_of(mix: Path | None, stems: Sequence[Path]) -> SongTags:
    """Read the tags of a rough mix, and of stems what all of them say alike.

    A stem's own title is none of the song's unless all have it. What cannot be read says nothing.
    """
    said = {} if mix is None else _texts(mix)
    rows = [_texts(path) for path in stems[:_MOST_FILES]]
    shared = {
        name: text
        for name, text in (rows[0] if rows else {}).items()
        if all(row.get(name) == text for row in rows)
    }
    found = {**shared, **said}
    metadata = {name: found[name] for name in _NAMES if name in found and name not in _OF_THE_SONG}
    tempo_bpm = _tempo_bpm(found.get("bpm", ""))
    return SongTags(found.get("title", ""), found.get("artist", ""), tempo_bpm, metadata)


def _texts(path: Path) -> dict[str, str]:
    """The first text of every tag, by the names of Vorbis comments."""
    from mutagen import MutagenError

    try:
        return dict(_plain(path))
    except (InputError, MutagenError, OSError, ValueError, KeyError):
        return {}


def _plain(path: Path) -> Iterator[tuple[str, str]]:
    from mutagen import File

    from bridge.delivering.tags import check_id3_of

    for chunk in _ID3_CHUNKS:
        check_id3_of(path, chunk)
    found: Any = File(path, _kinds())
    tags: Any = None if found is None else found.tags
    if tags is None:
        return
    for name, frame in _NAMES.items():
        values = tags.get(name if frame not in tags else frame)
        text = printable(str(values[0])).strip()[:_LONGEST] if values else ""
        if text:
            yield name, text


def _kinds() -> list[Any]:
    """The formats of audio that songs come in, of all that mutagen knows.

    The others have ID3 tags in places of their own.
    """
    from mutagen.aiff import AIFF
    from mutagen.flac import FLAC
    from mutagen.mp3 import MP3
    from mutagen.mp4 import MP4
    from mutagen.oggflac import OggFLAC
    from mutagen.oggopus import OggOpus
    from mutagen.oggvorbis import OggVorbis
    from mutagen.wave import WAVE

    return [MP3, OggVorbis, OggFLAC, FLAC, AIFF, MP4, OggOpus, WAVE]


def _tempo_bpm(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if 1.0 <= found <= 1000.0 else None
