"""The tags of a finished file, whatever its format."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from bridge.delivering.tags.cover import CoverFacts
from bridge.delivering.tags.essence import Container, container_of
from bridge.delivering.tags.fields import FIELDS, IN_BEXT
from bridge.delivering.tags.id3_frames import id3_cover, id3_texts
from bridge.delivering.tags.id3_head import check_id3, check_id3_of
from bridge.delivering.tags.mp4_atoms import atom_cover, atom_texts
from bridge.delivering.tags.refusals import damaged
from bridge.delivering.tags.vorbis_comments import comment_texts, flac_cover, ogg_cover
from bridge.delivering.tags.wave.axml import axml_isrc
from bridge.delivering.tags.wave.bext import Bext, read_bext
from bridge.delivering.tags.wave.chunks import read_wave
from bridge.delivering.tags.wave.info_list import info_texts
from bridge.delivering.tags.wave.ixml import ixml_texts
from bridge.delivering.tags.wave.wave_tags import read_wave_tags
from stemwright.problems import InputError, Problem

_WRONG_DATA = (ValueError, KeyError, IndexError, TypeError, EOFError, OverflowError, struct.error)

Texts = Mapping[str, str]


@dataclass(frozen=True)
class FileTags:
    """What a file's tags say.

    `values` are texts by field, from the first place that has them; `places` has every place of
    its own ("ID3", "INFO", ...) with all it says. `bext` is a WAV's alone.
    """

    path: Path
    container: Container
    values: Texts = field(hash=False)
    places: Mapping[str, Texts] = field(hash=False)
    cover: CoverFacts | None = None
    bext: Bext | None = None

    @property
    def disagreeing(self) -> tuple[tuple[str, str, str], ...]:
        """(field, place, text) of what a place says otherwise than `values`."""
        return tuple(
            (name, place, text)
            for place, texts in self.places.items()
            for name, text in texts.items()
            if not _agree(name, text, self.values[name])
        )

    def as_json(self) -> dict[str, Any]:
        """The object of the `files` list that `tag --json` prints."""
        bext = None
        if self.bext is not None:
            bext = {**asdict(self.bext), "umid": self.bext.umid.hex()}
            if self.bext.loudness is not None:
                bext["loudness"] = {
                    name: value if math.isfinite(value) else None
                    for name, value in asdict(self.bext.loudness).items()
                }
        return {
            "path": str(self.path),
            "container": self.container,
            "tags": dict(self.values),
            "cover": None if self.cover is None else asdict(self.cover),
            "bext": bext,
            "places": {place: dict(texts) for place, texts in self.places.items()},
            "disagreeing": [
                {"field": name, "place": place, "text": text}
                for name, place, text in self.disagreeing
            ],
        }


def read_tags(path: Path) -> FileTags:
    """Read them. Raises InputError `no_file`, `tags_unsupported`, `damaged_file`."""
    from mutagen import MutagenError

    if not path.is_file():
        raise InputError(Problem("no_file", f"there is no file {path}", {"file": str(path)}))
    try:
        container = container_of(path)
        return _READERS[container](path, container)
    except OSError as cause:
        raise damaged(path, f"it cannot be read: {cause.strerror or cause}") from cause
    except (MutagenError, *_WRONG_DATA) as error:
        raise damaged(path, f"its tags cannot be read: {error}") from error


def _agree(name: str, one: str, other: str) -> bool:
    """A tempo is rounded in some places, and bext has a part of a text in ASCII."""
    if name == "bpm":
        try:
            return round(float(one)) == round(float(other))
        except ValueError:
            return one == other
    return one == other or name in IN_BEXT


def _tags(
    path: Path,
    container: Container,
    places: Mapping[str, Texts],
    cover: CoverFacts | None,
    bext: Bext | None = None,
) -> FileTags:
    values = {
        each.name: text
        for each in FIELDS
        if (text := next((rows[each.name] for rows in places.values() if each.name in rows), ""))
    }
    return FileTags(path, container, values, {k: v for k, v in places.items() if v}, cover, bext)


def _of_wav(path: Path, container: Container) -> FileTags:
    from mutagen.id3 import ID3

    with path.open("rb") as file:
        wave = read_wave(file, path)
        bodies = read_wave_tags(file, wave)
    check_id3(path, bodies.id3)
    tags: Any = ID3(BytesIO(bodies.id3)) if bodies.id3 else ID3()
    bext = read_bext(bodies.bext)
    chunks = info_texts(bodies.info)
    isrc = axml_isrc(bodies.axml)
    places = {
        "ID3": id3_texts(tags),
        "iXML": ixml_texts(bodies.ixml) if bodies.ixml else {},
        "bext": {name: getattr(bext, name) for name in IN_BEXT if bext and getattr(bext, name)},
        "INFO": {e.name: chunks[e.info] for e in FIELDS if e.info and chunks.get(e.info)},
        "axml": {"isrc": isrc} if isrc else {},
    }
    return _tags(path, container, places, id3_cover(tags), bext)


def _of_mp3(path: Path, container: Container) -> FileTags:
    from mutagen.id3 import ID3, ID3NoHeaderError

    check_id3_of(path)
    try:
        tags: Any = ID3(path)
    except ID3NoHeaderError:
        tags = ID3()
    return _tags(path, container, {"ID3": id3_texts(tags)}, id3_cover(tags))


def _of_aiff(path: Path, container: Container) -> FileTags:
    from mutagen.aiff import AIFF
    from mutagen.id3 import ID3

    check_id3_of(path, b"ID3 ")
    file: Any = AIFF(path)
    tags: Any = file.tags if file.tags is not None else ID3()
    return _tags(path, container, {"ID3": id3_texts(tags)}, id3_cover(tags))


def _of_flac(path: Path, container: Container) -> FileTags:
    from mutagen.flac import FLAC

    file: Any = FLAC(path)
    return _tags(path, container, {"comments": comment_texts(file.tags or {})}, flac_cover(file))


def _of_ogg(path: Path, container: Container) -> FileTags:
    from mutagen.oggopus import OggOpus
    from mutagen.oggvorbis import OggVorbis

    file: Any = (OggOpus if container == "Opus" else OggVorbis)(path)
    return _tags(path, container, {"comments": comment_texts(file.tags)}, ogg_cover(file.tags))


def _of_m4a(path: Path, container: Container) -> FileTags:
    from mutagen.mp4 import MP4

    file: Any = MP4(path)
    tags = file.tags or {}
    return _tags(path, container, {"atoms": atom_texts(tags)}, atom_cover(tags))


_READERS: dict[Container, Callable[[Path, Container], FileTags]] = {
    "WAV": _of_wav,
    "AIFF": _of_aiff,
    "FLAC": _of_flac,
    "MP3": _of_mp3,
    "M4A": _of_m4a,
    "Opus": _of_ogg,
    "Vorbis": _of_ogg,
}
