"""The fields of a song's metadata, and what each is called in every kind of tag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FieldKind = Literal[
    "advisory", "barcode", "bpm", "copyright", "count", "date", "isrc", "iswc", "language", "text"
]

LONGEST_TEXT, LONGEST_COMMENT = 1000, 4000
"""Characters. ID3 and Vorbis comments take more; databases and displays do not."""


@dataclass(frozen=True)
class Field:
    """A field of SongMetadata and its names: "" where a kind of tag has no place for it.

    `id3` is a frame of ID3v2.4, `TXXX:NAME`, or `TIPL:ROLE`; `vorbis` a comment's name; `mp4` an
    atom, or `----:MEAN:NAME`; `info` a chunk of LIST-INFO; `aswg` an element of the ASWG's
    extension of iXML (Sony ASWG-G006, 1.1). A count lies beside its number: track and tracks.
    """

    name: str
    kind: FieldKind = "text"
    id3: str = ""
    vorbis: str = ""
    mp4: str = ""
    info: str = ""
    aswg: str = ""
    most: int = LONGEST_TEXT


def _freeform(name: str) -> str:
    return f"----:com.apple.iTunes:{name}"


FIELDS: tuple[Field, ...] = (
    Field("title", "text", "TIT2", "TITLE", "\xa9nam", "INAM", "songTitle"),
    Field("artist", "text", "TPE1", "ARTIST", "\xa9ART", "IART", "artist"),
    Field("album", "text", "TALB", "ALBUM", "\xa9alb", "IPRD"),
    Field("album_artist", "text", "TPE2", "ALBUMARTIST", "aART"),
    Field("version", "text", "TIT3", "VERSION", _freeform("VERSION"), "", "musicVersion"),
    Field("isrc", "isrc", "TSRC", "ISRC", _freeform("ISRC"), "", "isrcId"),
    Field("barcode", "barcode", "TXXX:BARCODE", "BARCODE", _freeform("BARCODE")),
    Field("iswc", "iswc", "TXXX:ISWC", "ISWC", _freeform("ISWC")),
    Field("composer", "text", "TCOM", "COMPOSER", "\xa9wrt", "IMUS", "composer"),
    Field("lyricist", "text", "TEXT", "LYRICIST", _freeform("LYRICIST"), "IWRI"),
    Field("producer", "text", "TIPL:producer", "PRODUCER", _freeform("PRODUCER"), "", "producer"),
    Field("mixer", "text", "TIPL:mix", "MIXER", _freeform("MIXER"), "", "mixer"),
    Field(
        "engineer",
        "text",
        "TIPL:engineer",
        "ENGINEER",
        _freeform("ENGINEER"),
        "IENG",
        "masteringEngineer",
    ),
    Field(
        "publisher",
        "text",
        "TXXX:PUBLISHER",
        "PUBLISHER",
        _freeform("PUBLISHER"),
        "",
        "musicPublisher",
    ),
    Field("label", "text", "TPUB", "ORGANIZATION", _freeform("LABEL")),
    Field(
        "catalog_number", "text", "TXXX:CATALOGNUMBER", "CATALOGNUMBER", _freeform("CATALOGNUMBER")
    ),
    Field("copyright", "copyright", "TCOP", "COPYRIGHT", "cprt", "ICOP"),
    Field("phonogram", "copyright", "TPRO", "PHONOGRAM", "\xa9phg", "", "rightsOwner"),
    Field("genre", "text", "TCON", "GENRE", "\xa9gen", "IGNR", "genre"),
    Field("date", "date", "TDRC", "DATE", "\xa9day", "ICRD"),
    Field("track", "count", "TRCK", "TRACKNUMBER", "trkn", "ITRK"),
    Field("tracks", "count", "TRCK", "TRACKTOTAL", "trkn"),
    Field("disc", "count", "TPOS", "DISCNUMBER", "disk"),
    Field("discs", "count", "TPOS", "DISCTOTAL", "disk"),
    Field("language", "language", "TLAN", "LANGUAGE", _freeform("LANGUAGE"), "ILNG"),
    Field("bpm", "bpm", "TBPM", "BPM", "tmpo", "", "tempo"),
    Field("explicit", "advisory", "TXXX:ITUNESADVISORY", "ITUNESADVISORY", "rtng"),
    Field("comment", "text", "COMM", "COMMENT", "\xa9cmt", "ICMT", "notes", most=LONGEST_COMMENT),
    Field("description", most=256),
    Field("originator", most=32),
    Field("originator_reference", most=32),
)
"""In the order they are written in; the last three are of bext alone."""

FIELD_OF: Mapping[str, Field] = {each.name: each for each in FIELDS}

TOTAL_OF: Mapping[str, str] = {"track": "tracks", "disc": "discs"}
"""Numbers, and of how many each is one."""

IN_BEXT = ("description", "originator", "originator_reference")
"""Fields that take ASCII alone, of so many characters (EBU Tech 3285, 2.3)."""

ALIASES: Mapping[str, str] = {
    "albumartist": "album_artist",
    "c_line": "copyright",
    "catalogue_number": "catalog_number",
    "ean": "barcode",
    "organization": "label",
    "p_line": "phonogram",
    "tempo_bpm": "bpm",
    "upc": "barcode",
}
"""Other names of fields, as files and labels have them."""

ADVISORIES: Mapping[str, str] = {"no": "0", "yes": "1", "edited": "2"}
"""What `explicit` can be, by the number in iTunes' tags: edited is the clean version of another.

DDEX calls them NotExplicit, Explicit and ExplicitContentEdited.
"""
