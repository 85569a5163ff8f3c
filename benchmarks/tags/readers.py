"""Independent readers of tags: every name and text that each finds in a file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Found = dict[str, set[str]]
"""Texts by the reader's own names, these in small letters and without marks."""

COVER_BYTES, HAS_COVER = "coverbytes", "cover"
_USER_TEXT = re.compile(r"\(([^)]*)\) (.*)", re.DOTALL)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _collected(rows: Iterator[tuple[str, object]]) -> Found:
    found: Found = {}
    for name, value in rows:
        found.setdefault(_bare(name), set()).add(str(value))
    return found


def _json_of(*words: str) -> Any:
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def exiftool(path: Path) -> Found:
    """Phil Harvey's ExifTool; binary values by their sha256."""
    (rows,) = _json_of("exiftool", "-j", "-a", "-s", "-b", "-G4:1", str(path))

    def named() -> Iterator[tuple[str, object]]:
        for key, value in rows.items():
            name = key.rpartition(":")[2]
            user = _USER_TEXT.fullmatch(str(value)) if name == "UserDefinedText" else None
            if user is not None:
                yield user[1], user[2]
            elif name == "InvolvedPeople":
                words = str(value).split("/")
                yield from zip(words[::2], words[1::2], strict=False)
            elif isinstance(value, str) and value.startswith("base64:"):
                yield from _binary(name, base64.b64decode(value.removeprefix("base64:")))
            else:
                yield name, value

    return _collected(named())


def _binary(name: str, octets: bytes) -> Iterator[tuple[str, object]]:
    """A picture by its digest; a text of iTunes' that ExifTool has no name for is in UTF-8."""
    if name in ("Picture", "CoverArt"):
        yield COVER_BYTES, hashlib.sha256(octets).hexdigest()
        return
    try:
        yield name, octets.decode()
    except UnicodeDecodeError:
        yield name, octets.hex()


def mediainfo(path: Path) -> Found:
    """MediaInfo of MediaArea."""
    told = _json_of("mediainfo", "--Output=JSON", str(path))

    def named() -> Iterator[tuple[str, object]]:
        for track in told["media"]["track"]:
            for name, value in {**track, **track.get("extra", {})}.items():
                if name != "extra" and isinstance(value, str):
                    yield name, value.replace(" / ", "\n")

    return _collected(named())


def ffprobe(path: Path) -> Found:
    """The ffprobe of FFmpeg."""
    entries = "format_tags:stream_tags:stream_disposition=attached_pic"
    told = _json_of("ffprobe", "-v", "error", "-show_entries", entries, "-of", "json", str(path))

    def named() -> Iterator[tuple[str, object]]:
        for part in (told.get("format", {}), *told.get("streams", ())):
            yield from part.get("tags", {}).items()
            if part.get("disposition", {}).get("attached_pic"):
                yield HAS_COVER, "Yes"

    return _collected(named())


def wavinfo(path: Path) -> Found:
    """Jamie Hardt's wavinfo: bext, INFO and iXML of WAV files."""
    from wavinfo import WavInfoReader

    with path.open("rb") as file:
        if file.read(4) not in (b"RIFF", b"RF64", b"BW64"):
            return {}
    found: Any = WavInfoReader(path)

    def named() -> Iterator[tuple[str, object]]:
        for part in (found.bext.to_dict(), {} if found.info is None else found.info.to_dict()):
            yield from ((name, value) for name, value in part.items() if value is not None)
        for element in found.ixml.parsed.iter():
            if element.text and element.text.strip():
                yield element.tag, element.text

    return _collected(named())


READERS: dict[str, Callable[[Path], Found]] = {
    "ExifTool": exiftool,
    "MediaInfo": mediainfo,
    "ffprobe": ffprobe,
    "wavinfo": wavinfo,
}


def missing_programs() -> list[str]:
    """Those of the readers that are programs, and are not here."""
    return [name for name in ("exiftool", "mediainfo", "ffprobe") if shutil.which(name) is None]


NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "track", "songtitle", "inam"),
    "artist": ("artist", "performer"),
    "album": ("album", "product", "project"),
    "album_artist": ("albumartist", "band", "albumperformer"),
    "version": ("version", "subtitle", "titlemore", "trackmore", "tit3", "musicversion"),
    "isrc": ("isrc", "isrcnumber", "tsrc", "isrcid"),
    "barcode": ("barcode",),
    "iswc": ("iswc",),
    "composer": ("composer", "musicby", "imus"),
    "lyricist": ("lyricist", "writtenby", "iwri", "text"),
    "producer": ("producer",),
    "mixer": ("mixer", "mix"),
    "engineer": ("engineer", "ieng", "masteringengineer", "encodedby"),
    "publisher": ("publisher", "musicpublisher"),
    "label": ("label", "publisher", "organization", "producer"),
    "catalog_number": ("catalognumber",),
    "copyright": ("copyright",),
    "phonogram": (
        "phonogram",
        "producednotice",
        "producercopyright",
        "phg",
        "userdataphg",
        "tpro",
        "rightsowner",
    ),
    "genre": ("genre",),
    "date": (
        "date",
        "recordingtime",
        "recordeddate",
        "contentcreatedate",
        "datecreated",
        "createddate",
    ),
    "track": ("track", "tracknumber", "trackposition", "itrk"),
    "tracks": ("tracks", "tracktotal", "trackpositiontotal"),
    "disc": ("disc", "discnumber", "partofset", "disknumber", "partposition", "part"),
    "discs": ("discs", "disctotal", "partpositiontotal"),
    "language": ("language", "tlan", "ilng"),
    "bpm": ("bpm", "beatsperminute", "tbpm", "tempo"),
    "explicit": ("itunesadvisory", "rating"),
    "comment": ("comment", "note", "notes"),
    "description": ("description", "bwfdescription"),
    "originator": ("originator", "encodedby", "producer"),
    "originator_reference": ("originatorreference", "originatorref", "producerreference"),
}
"""What readers call the fields, in their own bare names."""
_ADVISORY = {"yes": {"1", "Explicit"}, "no": {"0", "none"}, "edited": {"2", "Clean"}}
_PAIRS = {"tracks": ("track", 1), "discs": ("disc", 1), "track": ("track", 0), "disc": ("disc", 0)}
_ALPHA_2 = {"eng": "en", "deu": "de", "jpn": "ja"}


def has(found: Found, field: str, text: str) -> bool:
    """Whether a reader gives a field's text back, whatever it calls it."""
    texts = set().union(*(found.get(name, set()) for name in NAMES[field]))
    if field in _PAIRS:
        return text in texts or text in _of_pairs(found, *_PAIRS[field])
    if field == "date":
        return text in {each.replace(":", "-")[: len(text)] for each in texts}
    if field == "explicit":
        return bool(texts & _ADVISORY[text])
    if field == "language":
        return bool(texts & {text, _ALPHA_2.get(text, text)})
    if field == "bpm":
        return any(_is_number(each) and round(float(each)) == round(float(text)) for each in texts)
    return text in texts or text in {each.rstrip("\n") for each in texts}


def _of_pairs(found: Found, number: str, place: int) -> set[str]:
    """Halves of 3/12 and of 3 of 12."""
    texts = set().union(*(found.get(name, set()) for name in NAMES[number]))
    halves = [re.split(r"/| of ", each) for each in texts]
    return {each[place] for each in halves if len(each) > place}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
