"""A song's metadata as values, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from bridge.delivering.tags.fields import FIELDS

MAIN = "main"
"""The version that the song's own metadata are of."""

Advisory = Literal["", "no", "yes", "edited"]


@dataclass(frozen=True)
class SongMetadata:
    """What the files of a song say of it; "" and 0 where nothing was said.

    `isrc` has 12 characters without hyphens, `barcode` 12 or 13 digits (UPC-A, EAN-13), `iswc`
    the form T-034.524.680-1, `date` is 2026, 2026-12 or 2026-12-04, `language` a code of ISO
    639-2, `copyright` and `phonogram` begin with a year. `engineer` is who mastered it. `cleared`
    names fields that are taken out of a file that has them. `versions` has what versions say
    otherwise.
    """

    title: str = ""
    artist: str = ""
    album: str = ""
    album_artist: str = ""
    version: str = ""
    isrc: str = ""
    barcode: str = ""
    iswc: str = ""
    composer: str = ""
    lyricist: str = ""
    producer: str = ""
    mixer: str = ""
    engineer: str = ""
    publisher: str = ""
    label: str = ""
    catalog_number: str = ""
    copyright: str = ""
    phonogram: str = ""
    genre: str = ""
    date: str = ""
    track: int = 0
    tracks: int = 0
    disc: int = 0
    discs: int = 0
    language: str = ""
    bpm: float = 0.0
    explicit: Advisory = ""
    comment: str = ""
    description: str = ""
    originator: str = ""
    originator_reference: str = ""
    cover: Path | None = None
    cleared: frozenset[str] = frozenset()
    versions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def said(self) -> Iterator[tuple[str, str]]:
        """(field, text) of all that was said, in the order of FIELDS; the cover is none of them."""
        for each in FIELDS:
            text = as_text(getattr(self, each.name))
            if text:
                yield each.name, text

    def changes(self) -> dict[str, str]:
        """What is said by field, and "" for what is taken out; the cover is none of it."""
        known = {each.name for each in FIELDS}
        return {**dict(self.said()), **dict.fromkeys(sorted(self.cleared & known), "")}

    @property
    def is_empty(self) -> bool:
        """Whether a file that gets them stays as it is."""
        return not (self.cleared or self.cover or any(self.said()))

    def with_over(self, other: SongMetadata) -> SongMetadata:
        """These metadata with what `other` says or takes out over them."""
        empty = SongMetadata()
        cleared = {name: getattr(empty, name) for name in other.cleared}
        said = {
            each.name: getattr(other, each.name)
            for each in fields(self)
            if each.name not in ("cleared", "versions")
            and getattr(other, each.name) != getattr(empty, each.name)
        }
        gone = (self.cleared - said.keys()) | other.cleared
        versions = {
            name: _over(self.versions.get(name, {}), other.versions.get(name, {}))
            for name in {**self.versions, **other.versions}
        }
        return replace(self, **{**cleared, **said}, cleared=gone, versions=versions)

    def of_version(self, name: str) -> SongMetadata:
        """The metadata of a version of the song by its name in the chain.

        A version is a recording of its own (ISO 3901: the ISRC identifies one): it has the ISRC
        that it was given, or none, never the song's; it is called by its name unless it says so.
        """
        own = dict(self.versions.get(name, {}))
        cleared = (self.cleared | own.pop("cleared", frozenset())) - own.keys()
        if name != MAIN:
            own = {"isrc": "", "version": name.replace("_", " ").capitalize(), **own}
        return replace(self, **own, cleared=cleared, versions={})


def _over(own: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What a version says otherwise with what is said or taken out over it."""
    cleared = other.get("cleared", frozenset())
    gone = (own.get("cleared", frozenset()) - other.keys()) | cleared
    kept = {name: own[name] for name in own if name != "cleared" and name not in cleared}
    said = {name: other[name] for name in other if name != "cleared"}
    return {**kept, **said, "cleared": gone} if gone else {**kept, **said}


def as_text(value: str | float) -> str:
    """A value as tags have it; "" for none."""
    if isinstance(value, str):
        return value
    return f"{value:g}" if value else ""
