"""Metadata as frames of ID3v2.4 and v2.3, in MP3, AIFF and WAV; frames of others stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from bridge.delivering.tags.cover import Cover, CoverFacts, cover_facts
from bridge.delivering.tags.fields import ADVISORIES, FIELDS, TOTAL_OF, Field
from bridge.delivering.tags.options import Id3Version

_UTF8, _UTF16 = 3, 1
_FRONT_COVER = 3
_FRAME_HEAD = 10
_LANGUAGE_OF_COMMENTS = "eng"
"""Players look for comments in English, whatever these are in."""
_IN_V23 = {"phonogram": "PRODUCEDNOTICE"}
"""Frames that v2.3 lacks, as user texts."""


def with_frames(
    tags: Any, changes: Mapping[str, str], cover: Cover | None, cleared_cover: bool
) -> None:
    """Put `changes` by field into a mutagen.id3.ID3; "" takes one out."""
    for each in FIELDS:
        if each.id3 and each.name in changes and each.name not in _TOTALS:
            _put(tags, each, changes[each.name])
    for number, total in TOTAL_OF.items():
        if number in changes or total in changes:
            _put_pair(tags, _OF[number].id3, changes.get(number), changes.get(total))
    if cover is not None or cleared_cover:
        _put_cover(tags, cover)


_OF = {each.name: each for each in FIELDS}
_TOTALS = frozenset({*TOTAL_OF, *TOTAL_OF.values()})


def _put(tags: Any, field: Field, text: str) -> None:
    from mutagen import id3

    frame, _, name = field.id3.partition(":")
    if frame == "TIPL":
        _put_person(tags, name, text)
        return
    if frame == "COMM":
        for key in [key for key, each in tags.items() if key.startswith("COMM") and not each.desc]:
            del tags[key]
    else:
        tags.delall(field.id3 if name else frame)
    if field.name in _IN_V23:
        tags.delall(f"TXXX:{_IN_V23[field.name]}")
    if not text:
        return
    said = {"encoding": _UTF8, "text": [_as_written(field, text)]}
    if frame == "TXXX":
        said["desc"] = name
    elif frame == "COMM":
        said |= {"desc": "", "lang": _LANGUAGE_OF_COMMENTS}
    tags.add(getattr(id3, frame)(**said))


def _as_written(field: Field, text: str) -> str:
    """A tempo is a whole number in ID3 (ID3v2.4, 4.2.3), an advisory one of iTunes'."""
    if field.kind == "bpm":
        return f"{float(text):.0f}"
    return ADVISORIES[text] if field.kind == "advisory" else text


def _put_person(tags: Any, role: str, text: str) -> None:
    from mutagen.id3 import TIPL

    people = [pair for each in tags.getall("TIPL") for pair in each.people if pair[0] != role]
    tags.delall("TIPL")
    if text:
        people.append([role, text])
    if people:
        tags.add(TIPL(encoding=_UTF8, people=sorted(people, key=lambda pair: str(pair[0]))))


def _put_pair(tags: Any, frame: str, number: str | None, total: str | None) -> None:
    from mutagen import id3

    had = _pair(tags, frame)
    number, total = (had[0] if number is None else number), (had[1] if total is None else total)
    tags.delall(frame)
    text = f"{number or 0}/{total}" if total else number
    if text:
        tags.add(getattr(id3, frame)(encoding=_UTF8, text=[text]))


def _pair(tags: Any, frame: str) -> tuple[str, str]:
    text = str(tags[frame].text[0]) if frame in tags and tags[frame].text else ""
    number, _, total = text.partition("/")
    return number.strip().lstrip("0"), total.strip().lstrip("0")


def _put_cover(tags: Any, cover: Cover | None) -> None:
    from mutagen.id3 import APIC

    for key in [key for key, each in tags.items() if _is_cover(key, each)]:
        del tags[key]
    if cover is not None:
        tags.add(
            APIC(encoding=0, mime=cover.facts.mime, type=_FRONT_COVER, desc="", data=cover.octets)
        )


def _is_cover(key: str, frame: Any) -> bool:
    return key.startswith("APIC") and int(frame.type) == _FRONT_COVER


def saved(tags: Any, target: Any, version: Id3Version) -> None:
    """Write a mutagen.id3.ID3 into a file, or what is one.

    As v2.3, what that lacks goes into user texts.
    """
    if version == "2.4":
        tags.save(target, v2_version=4, padding=_padding)
        return
    from mutagen.id3 import TXXX

    for name, description in _IN_V23.items():
        for frame in tags.getall(_OF[name].id3):
            tags.add(TXXX(encoding=_UTF16, desc=description, text=frame.text))
    tags.update_to_v23()
    tags.save(target, v2_version=3, padding=_padding)


def _padding(_: object) -> int:
    """As many bytes as the head of one more frame: ExifTool looks for one behind the last."""
    return _FRAME_HEAD


def id3_bytes(
    old: bytes,
    changes: Mapping[str, str],
    cover: Cover | None,
    cleared_cover: bool,
    version: Id3Version,
) -> bytes:
    """A whole tag, as a chunk of a WAV has it; b"" for one without a frame. Raises MutagenError."""
    from mutagen.id3 import ID3

    tags: Any = ID3(BytesIO(old)) if old else ID3()
    with_frames(tags, changes, cover, cleared_cover)
    if not tags:
        return b""
    written = BytesIO()
    saved(tags, written, version)
    return written.getvalue()


def id3_texts(tags: Any) -> dict[str, str]:
    """The song's fields that a mutagen.id3.ID3 has."""
    found = {each.name: _text(tags, each) for each in FIELDS if each.id3}
    for number, total in TOTAL_OF.items():
        found[number], found[total] = _pair(tags, _OF[number].id3)
    return {name: text for name, text in found.items() if text}


def _text(tags: Any, field: Field) -> str:
    frame, _, name = field.id3.partition(":")
    if frame == "TIPL":
        people = [pair for each in tags.getall(frame) for pair in each.people if pair[0] == name]
        return str(people[0][1]) if people else ""
    if frame == "COMM":
        rows = [each for each in tags.getall(frame) if not each.desc]
    else:
        rows = tags.getall(field.id3 if name else frame)
        if not rows and field.name in _IN_V23:
            rows = tags.getall(f"TXXX:{_IN_V23[field.name]}")
    text = str(rows[0].text[0]) if rows and rows[0].text else ""
    return as_said(field, text)


def as_said(field: Field, text: str) -> str:
    """A text of a tag in the words of SongMetadata."""
    if field.kind != "advisory":
        return text
    return {number: word for word, number in ADVISORIES.items()}.get(text, text)


def id3_cover(tags: Any) -> CoverFacts | None:
    """The front cover in a mutagen.id3.ID3."""
    return next(_covers(tags), None)


def _covers(tags: Any) -> Iterator[CoverFacts]:
    for key, each in tags.items():
        facts = cover_facts(each.data) if _is_cover(key, each) else None
        if facts is not None:
            yield facts
