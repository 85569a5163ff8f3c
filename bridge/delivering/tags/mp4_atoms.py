"""Metadata as iTunes' atoms in M4A; atoms of others stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.delivering.tags.cover import Cover, CoverFacts, cover_facts
from bridge.delivering.tags.fields import ADVISORIES, FIELDS, TOTAL_OF, Field
from bridge.delivering.tags.id3_frames import as_said

_COVER = "covr"


def with_atoms(
    tags: Any, changes: Mapping[str, str], cover: Cover | None, cleared_cover: bool
) -> None:
    """Put `changes` by field into mutagen.mp4.MP4Tags; "" takes one out."""
    for each in FIELDS:
        if each.mp4 and each.name in changes and each.kind != "count":
            _put(tags, each, changes[each.name])
    for number, total in TOTAL_OF.items():
        if number in changes or total in changes:
            _put_pair(tags, _OF[number].mp4, changes.get(number), changes.get(total))
    if cover is not None or cleared_cover:
        _put_cover(tags, cover)


_OF = {each.name: each for each in FIELDS}


def _put(tags: Any, field: Field, text: str) -> None:
    from mutagen.mp4 import AtomDataType, MP4FreeForm

    if not text:
        tags.pop(field.mp4, None)
    elif field.mp4.startswith("----"):
        tags[field.mp4] = [MP4FreeForm(text.encode(), dataformat=AtomDataType.UTF8)]
    elif field.kind == "bpm":
        tags[field.mp4] = [round(float(text))]
    elif field.kind == "advisory":
        tags[field.mp4] = [int(ADVISORIES[text])]
    else:
        tags[field.mp4] = [text]


def _put_pair(tags: Any, atom: str, number: str | None, total: str | None) -> None:
    had = _pair(tags, atom)
    number, total = (had[0] if number is None else number), (had[1] if total is None else total)
    tags.pop(atom, None)
    if number or total:
        tags[atom] = [(int(number or 0), int(total or 0))]


def _pair(tags: Any, atom: str) -> tuple[str, str]:
    number, total = tags[atom][0] if tags.get(atom) else (0, 0)
    return str(number or ""), str(total or "")


def _put_cover(tags: Any, cover: Cover | None) -> None:
    from mutagen.mp4 import MP4Cover

    tags.pop(_COVER, None)
    if cover is not None:
        formats = {"image/jpeg": MP4Cover.FORMAT_JPEG, "image/png": MP4Cover.FORMAT_PNG}
        tags[_COVER] = [MP4Cover(cover.octets, imageformat=formats[cover.facts.mime])]


def atom_texts(tags: Any) -> dict[str, str]:
    """The song's fields that atoms have."""
    found = {each.name: _text(tags, each) for each in FIELDS if each.mp4 and each.kind != "count"}
    for number, total in TOTAL_OF.items():
        found[number], found[total] = _pair(tags, _OF[number].mp4)
    return {name: text for name, text in found.items() if text}


def _text(tags: Any, field: Field) -> str:
    values = tags.get(field.mp4)
    if not values:
        return ""
    value = values[0]
    text = bytes(value).decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return as_said(field, text)


def atom_cover(tags: Any) -> CoverFacts | None:
    """The cover among atoms."""
    covers = tags.get(_COVER)
    return cover_facts(bytes(covers[0])) if covers else None
