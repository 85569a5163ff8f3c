"""The tags of a WAV: bext, iXML, axml, LIST-INFO and ID3, each where others look for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from bridge.delivering.tags.cover import Cover
from bridge.delivering.tags.fields import FIELD_OF
from bridge.delivering.tags.id3_frames import id3_bytes
from bridge.delivering.tags.id3_head import check_id3
from bridge.delivering.tags.options import TagOptions
from bridge.delivering.tags.transliteration import in_ascii, shortened
from bridge.delivering.tags.wave.axml import axml_isrc, axml_of, is_isrc_alone
from bridge.delivering.tags.wave.bext import Bext, coding_history, read_bext
from bridge.delivering.tags.wave.chunks import Chunk, NewChunk, Wave, read_wave, write_wave
from bridge.delivering.tags.wave.info_list import CSET_UTF8, INFO, info_with
from bridge.delivering.tags.wave.ixml import ixml_texts, ixml_with

ID3 = (b"id3 ", b"ID3 ")
_OURS = (b"bext", b"iXML", b"axml", b"CSET", *ID3)
_LARGEST = 0xFFFFFFFF


@dataclass(frozen=True)
class WaveTags:
    """The bodies of a file's chunks of tags, b"" for those it lacks."""

    bext: bytes = b""
    ixml: bytes = b""
    axml: bytes = b""
    info: bytes = b""
    id3: bytes = b""


def read_wave_tags(file: IO[bytes], wave: Wave) -> WaveTags:
    """Read every chunk of tags; of several of a kind the first. Raises InputError."""

    def body(*names: bytes) -> bytes:
        chunks = wave.of(*names)
        return wave.body(file, chunks[0]) if chunks else b""

    infos = [wave.body(file, each) for each in wave.of(b"LIST") if _is_info(file, each)]
    return WaveTags(body(b"bext"), body(b"iXML"), body(b"axml"), (infos or [b""])[0], body(*ID3))


def _is_info(file: IO[bytes], chunk: Chunk) -> bool:
    file.seek(chunk.start)
    return chunk.id == b"LIST" and file.read(4) == INFO


def write_wave_tags(
    path: Path,
    staged: Path,
    changes: Mapping[str, str],
    cover: Cover | None,
    options: TagOptions,
    *,
    largest: int = _LARGEST,
) -> list[tuple[str, str]]:
    """Write a copy of a WAV with its tags changed; return (code, what to know of it).

    Raises OSError; InputError `damaged_file`, `tags_unsupported`; MutagenError.
    """
    told: list[tuple[str, str]] = []
    with path.open("rb") as source, staged.open("wb") as out:
        wave = read_wave(source, path)
        had = read_wave_tags(source, wave)
        check_id3(path, had.id3)
        history = coding_history(wave.body(source, wave.of(b"fmt ")[0])[:40])
        bext, description = _bext(had, changes, options, history, told)
        ixml = ixml_with(had.ixml, changes, bext, description)
        if ixml is None:
            told.append(("ixml_kept", "its iXML chunk cannot be read, and stays as it is"))
        clears = options.clears_cover
        info = info_with(had.info, changes)
        new = {
            b"iXML": had.ixml if ixml is None else ixml,
            b"axml": _axml(had.axml, changes, told),
            b"CSET": b"" if info.isascii() else CSET_UTF8,
            b"LIST": info,
            b"id3 ": id3_bytes(had.id3, changes, cover, clears, options.id3_version),
        }
        ours = [NewChunk(name, body) for name, body in new.items() if body]
        head = [NewChunk(b"bext", bext.as_bytes())]

        def keep(chunk: Chunk) -> bool:
            return chunk.id not in _OURS and not _is_info(source, chunk)

        write_wave(
            source,
            wave,
            out,
            keep=keep,
            before=[*head, *ours] if options.before_audio else head,
            after=[] if options.before_audio else ours,
            largest=largest,
        )
    return told


def _bext(
    had: WaveTags,
    changes: Mapping[str, str],
    options: TagOptions,
    history: str,
    told: list[tuple[str, str]],
) -> tuple[Bext, str]:
    """The chunk, and its description in full."""
    old = read_bext(had.bext) or Bext(coding_history=history)
    whole = _description(changes)
    if whole is None:
        whole = ixml_texts(had.ixml).get("description") or old.description
    if "date" in changes:
        old = replace(old, origination_date="", origination_time="").dated(changes["date"])
    who = changes.get("originator") or changes.get("engineer") or changes.get("label")
    reference = changes.get("originator_reference", old.originator_reference)
    frames = options.time_reference_frames
    bext = replace(
        old,
        description=_for_bext("description", whole, told),
        originator=_for_bext("originator", old.originator if who is None else who, told),
        originator_reference=_for_bext("originator_reference", reference, told),
        time_reference_frames=old.time_reference_frames if frames is None else frames,
        loudness=options.loudness or old.loudness,
    )
    return bext, whole


def _description(changes: Mapping[str, str]) -> str | None:
    """Who, what, in which version, where that is not said in so many words; None: nothing new."""
    if "description" in changes:
        return changes["description"]
    if "title" not in changes:
        return None
    names = [changes[name] for name in ("artist", "title") if changes.get(name)]
    version = changes.get("version")
    return " - ".join(names) + (f" ({version})" if version and names else "")


def _for_bext(name: str, text: str, told: list[tuple[str, str]]) -> str:
    plain = in_ascii(text)
    short = shortened(plain, FIELD_OF[name].most)
    if plain != text:
        told.append(("tag_in_ascii", f'bext takes ASCII alone: its {name} is "{short}"'))
    if short != plain:
        most = FIELD_OF[name].most
        told.append(("tag_shortened", f"bext takes {most} characters of its {name}"))
    return short


def _axml(had: bytes, changes: Mapping[str, str], told: list[tuple[str, str]]) -> bytes:
    if "isrc" not in changes:
        return had
    if had and not is_isrc_alone(had):
        if axml_isrc(had) != changes["isrc"]:
            message = "its axml chunk holds more than an ISRC, and stays as it is"
            told.append(("axml_kept", message))
        return had
    return axml_of(changes["isrc"]) if changes["isrc"] else b""
