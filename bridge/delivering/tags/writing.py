"""Tags into a finished file: a copy of it, or itself, whole or not at all; its audio stays."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bridge.delivering.tags.cover import Cover, CoverError, read_cover
from bridge.delivering.tags.essence import Container, container_of, essence_sha256
from bridge.delivering.tags.fields import IN_BEXT
from bridge.delivering.tags.id3_frames import saved, with_frames
from bridge.delivering.tags.id3_head import check_id3_of
from bridge.delivering.tags.mp4_atoms import with_atoms
from bridge.delivering.tags.options import TagOptions
from bridge.delivering.tags.refusals import damaged
from bridge.delivering.tags.song_metadata import SongMetadata
from bridge.delivering.tags.vorbis_comments import (
    with_comments,
    with_flac_cover,
    with_ogg_cover,
)
from bridge.delivering.tags.wave.wave_tags import write_wave_tags
from stemwright.files import Staged, cannot_write, check_regular
from stemwright.problems import Diagnostic, InputError, Problem, RenderError

_WRONG_DATA = (ValueError, KeyError, IndexError, TypeError, EOFError, OverflowError, struct.error)
"""What a library of tags raises beside its own error where a file is not what it says."""
_PLAIN = TagOptions()


@dataclass(frozen=True)
class Tagged:
    """A file that got its tags; `audio_sha256` is of its audio as it is coded, before and after."""

    path: Path
    container: Container
    audio_sha256: str
    diagnostics: tuple[Diagnostic, ...] = ()


def write_tags(
    path: Path,
    metadata: SongMetadata,
    to: Path | None = None,
    options: TagOptions = _PLAIN,
    *,
    overwrite: bool = False,
) -> Tagged:
    """Write `metadata` into the file `path`, or with `to` into a copy of that name.

    What is not said stays as it is, tags of others too. The same file and metadata make the same
    bytes, and a second time changes nothing. Raises InputError `damaged_file`, `tags_unsupported`,
    `bad_cover`, `no_file`, `would_overwrite`; MachineError `disk_full`, `not_writable`; RenderError
    `audio_changed`.
    """
    if not path.is_file():
        raise InputError(Problem("no_file", f"there is no file {path}", {"file": str(path)}))
    target = check_regular(path if to is None else to)
    if to is not None and target.exists() and not overwrite:
        raise InputError(
            Problem(
                "would_overwrite",
                f"{to} exists already",
                {"file": str(to)},
                hint="choose another name",
            )
        )
    options = replace(options, clears_cover="cover" in metadata.cleared)
    cover = None if metadata.cover is None else _cover(metadata.cover)
    try:
        container = container_of(path)
        before = essence_sha256(path, container)
        mode = target.stat().st_mode & 0o7777 if target.exists() else None
        with Staged(target, mode=mode, overwrite=to is None or overwrite) as staged:
            told = _written(container, path, staged, metadata.changes(), cover, options)
            _check_audio(path, before, essence_sha256(staged, container))
    except OSError as cause:
        raise cannot_write(path if to is None else to, cause) from cause
    rows = (*told, *_nowhere(container, metadata), *_rounded(container, metadata))
    place = str(path if to is None else to)
    diagnostics = tuple(Diagnostic("note", code, place, message) for code, message in rows)
    return Tagged(path if to is None else to, container, before, diagnostics)


def _cover(path: Path) -> Cover:
    try:
        return read_cover(path)
    except CoverError as error:
        refusal = error.refusal
        message = f"the cover {refusal.wrong}"
        where: dict[str, str | int] = {"file": str(path)}
        raise InputError(Problem(refusal.kind, message, where, refusal.expected)) from error


def _check_audio(path: Path, before: str, after: str) -> None:
    if before != after:
        message = f"{path}: its audio would have changed, so it was left as it was"
        hint = "please send the file to the makers"
        raise RenderError(Problem("audio_changed", message, {"file": str(path)}, hint=hint))


def _written(
    container: Container,
    path: Path,
    staged: Path,
    changes: Mapping[str, str],
    cover: Cover | None,
    options: TagOptions,
) -> list[tuple[str, str]]:
    """Write the file with its tags; return what is to be told."""
    from mutagen import MutagenError

    try:
        if container == "WAV":
            return write_wave_tags(path, staged, changes, cover, options)
        if container in ("AIFF", "MP3"):
            check_id3_of(path, b"ID3 " if container == "AIFF" else None)
        shutil.copyfile(path, staged)
        _BY_LIBRARY[container](staged, changes, cover, options)
    except MutagenError as error:
        cause = error.args[0] if error.args else None
        if isinstance(cause, OSError):
            raise cause from error
        raise damaged(path, f"its tags cannot be read: {error}") from error
    except _WRONG_DATA as error:
        raise damaged(path, f"its tags cannot be read: {type(error).__name__}") from error
    return []


def _into_mp3(
    staged: Path, changes: Mapping[str, str], cover: Cover | None, options: TagOptions
) -> None:
    from mutagen.id3 import ID3, ID3NoHeaderError

    try:
        tags: Any = ID3(staged)
    except ID3NoHeaderError:
        tags = ID3()
    with_frames(tags, changes, cover, options.clears_cover)
    if tags:
        saved(tags, staged, options.id3_version)
    else:
        tags.delete(staged)


def _into_aiff(
    staged: Path, changes: Mapping[str, str], cover: Cover | None, options: TagOptions
) -> None:
    from mutagen.aiff import AIFF

    file: Any = AIFF(staged)
    if file.tags is None:
        file.add_tags()
    with_frames(file.tags, changes, cover, options.clears_cover)
    saved(file.tags, staged, options.id3_version)


def _into_flac(
    staged: Path, changes: Mapping[str, str], cover: Cover | None, options: TagOptions
) -> None:
    from mutagen.flac import FLAC

    file: Any = FLAC(staged)
    if file.tags is None:
        file.add_tags()
    with_comments(file.tags, changes)
    if cover is not None or options.clears_cover:
        with_flac_cover(file, cover)
    file.save(padding=_none)


def _into_ogg(
    staged: Path, changes: Mapping[str, str], cover: Cover | None, options: TagOptions
) -> None:
    from mutagen.oggopus import OggOpus
    from mutagen.oggvorbis import OggVorbis

    file: Any = (OggOpus if container_of(staged) == "Opus" else OggVorbis)(staged)
    with_comments(file.tags, changes)
    if cover is not None or options.clears_cover:
        with_ogg_cover(file.tags, cover)
    file.save(padding=_none)


def _into_m4a(
    staged: Path, changes: Mapping[str, str], cover: Cover | None, options: TagOptions
) -> None:
    from mutagen.mp4 import MP4

    file: Any = MP4(staged)
    if file.tags is None:
        file.add_tags()
    with_atoms(file.tags, changes, cover, options.clears_cover)
    file.save(padding=_none)


def _none(_: object) -> int:
    return 0


_Writer = Callable[[Path, Mapping[str, str], Cover | None, TagOptions], None]
_BY_LIBRARY: dict[Container, _Writer] = {
    "AIFF": _into_aiff,
    "FLAC": _into_flac,
    "M4A": _into_m4a,
    "MP3": _into_mp3,
    "Opus": _into_ogg,
    "Vorbis": _into_ogg,
}


def _nowhere(container: Container, metadata: SongMetadata) -> list[tuple[str, str]]:
    if container == "WAV":
        return []
    lost = [name for name, _ in metadata.said() if name in IN_BEXT]
    return [("tag_nowhere", f"{container} has no place for {', '.join(lost)}")] if lost else []


def _rounded(container: Container, metadata: SongMetadata) -> list[tuple[str, str]]:
    whole = container not in ("FLAC", "Opus", "Vorbis")
    if not whole or metadata.bpm == round(metadata.bpm):
        return []
    return [("tag_rounded", f"{container} has whole beats a minute: {metadata.bpm:.0f}")]
