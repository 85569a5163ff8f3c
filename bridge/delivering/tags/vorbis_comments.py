"""Metadata as Vorbis comments, in FLAC and Ogg; comments and pictures of others stay."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from bridge.delivering.tags.cover import Cover, CoverFacts, cover_facts
from bridge.delivering.tags.fields import ADVISORIES, FIELDS
from bridge.delivering.tags.id3_frames import as_said

_FRONT_COVER = 3
_IN_OGG = "METADATA_BLOCK_PICTURE"
_OTHER_NAMES = {
    "label": ("LABEL",),
    "barcode": ("UPC", "EAN"),
    "tracks": ("TOTALTRACKS",),
    "discs": ("TOTALDISCS",),
}
"""What others call these fields; they are read, and taken out where ours is written."""


def with_comments(tags: Any, changes: Mapping[str, str]) -> None:
    """Put `changes` by field into mutagen's comments; "" takes one out."""
    for each in FIELDS:
        if each.vorbis and each.name in changes:
            for name in (each.vorbis, *_OTHER_NAMES.get(each.name, ())):
                if name in tags:
                    del tags[name]
            text = changes[each.name]
            if text:
                tags[each.vorbis] = [ADVISORIES[text] if each.kind == "advisory" else text]


def comment_texts(tags: Any) -> dict[str, str]:
    """The song's fields that comments have."""
    found: dict[str, str] = {}
    for each in FIELDS:
        for name in (each.vorbis, *_OTHER_NAMES.get(each.name, ())) if each.vorbis else ():
            text = str(tags[name][0]) if tags.get(name) else ""
            if text and each.name not in found:
                found[each.name] = as_said(each, text)
    return found


def with_flac_cover(file: Any, cover: Cover | None) -> None:
    """Have this front cover, or none, in a mutagen.flac.FLAC."""
    others = [each for each in file.pictures if each.type != _FRONT_COVER]
    file.clear_pictures()
    for each in others:
        file.add_picture(each)
    if cover is not None:
        file.add_picture(_picture(cover))


def with_ogg_cover(tags: Any, cover: Cover | None) -> None:
    """Have this front cover, or none, among the comments of an Ogg file."""
    others = [text for text in _ogg_pictures(tags) if not _is_cover(text)]
    if cover is not None:
        others.append(base64.b64encode(_picture(cover).write()).decode("ascii"))
    if others:
        tags[_IN_OGG] = others
    elif _IN_OGG in tags:
        del tags[_IN_OGG]


def flac_cover(file: Any) -> CoverFacts | None:
    """The front cover of a mutagen.flac.FLAC."""
    data = [each.data for each in file.pictures if each.type == _FRONT_COVER]
    return cover_facts(data[0]) if data else None


def ogg_cover(tags: Any) -> CoverFacts | None:
    """The front cover among the comments of an Ogg file."""
    covers = [text for text in _ogg_pictures(tags) if _is_cover(text)]
    return cover_facts(_unpacked(covers[0]).data) if covers else None


def _picture(cover: Cover) -> Any:
    from mutagen.flac import Picture

    picture: Any = Picture()
    picture.type, picture.mime, picture.data = _FRONT_COVER, cover.facts.mime, cover.octets
    picture.width, picture.height = cover.facts.width_px, cover.facts.height_px
    picture.depth = cover.facts.bits * 3
    return picture


def _ogg_pictures(tags: Any) -> list[str]:
    return list(tags[_IN_OGG]) if _IN_OGG in tags else []


def _is_cover(text: str) -> bool:
    picture = _unpacked(text)
    return picture is not None and picture.type == _FRONT_COVER


def _unpacked(text: str) -> Any:
    """A picture as FLAC has it, from base64; None for what is none."""
    from mutagen.flac import Picture, error

    try:
        return Picture(base64.b64decode(text, validate=True))
    except (ValueError, error):
        return None
