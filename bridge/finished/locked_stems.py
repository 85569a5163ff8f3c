"""The stems of a lock, found again where they lie now."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bridge.finished.lock import Lock, Source, SourceFile, as_rides
from bridge.gathering import stem_file
from bridge.planning import Stem, StemFile, Stems
from bridge.storing import Store
from sessions import Media, read
from stemwright.problems import InputError, Problem


def recall(lock: Lock, folder: Path, store: Store) -> Stems:
    """Find the stems of a lock again, their paths relative to `folder`, as they are now.

    Raises InputError with every stem that is missing or cannot be summed.
    """
    stems: list[Stem] = []
    problems: list[Problem] = []
    for source in lock.sources:
        try:
            stems.append(recall_stem(source, folder, store))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return Stems(tuple(stems), lock.engine.tempo_bpm)


def recall_stem(source: Source, folder: Path, store: Store) -> Stem:
    """Find one stem of a lock again, as `recall` does all."""
    files = tuple(recall_file(file, folder, store) for file in source.files)
    moves = source.gain_db, as_rides(source.rides)
    return Stem(source.stem, source.name, source.role, files, source.offset_s, *moves)


def recall_file(file: SourceFile, folder: Path, store: Store) -> StemFile:
    """Find one file of a stem again, as `recall` does all; its samples may be others by now."""
    if file.in_memory:
        raise InputError(_in_memory(file))
    try:
        return stem_file(folder / file.path, file.member, store)[0]
    except InputError as error:
        raise InputError([_with_place(each) for each in error.problems]) from error


def _in_memory(file: SourceFile) -> Problem:
    return Problem(
        "missing_file",
        f"{file.path} was an array in memory, and lies in no file",
        {"file": file.path},
        hint="from Python give the arrays again: stems={name: (samples, rate_hz)}; or name a "
        "folder of their files with --stems",
    )


def _with_place(problem: Problem) -> Problem:
    if problem.kind != "missing_file":
        return problem
    hint = "put the stems back where they lay, or name the folder or zip they are in with --stems"
    return replace(problem, hint=hint)


def found_again(lock: Lock, place: Path, store: Store) -> Lock:
    """Return a lock with its sources where they lie in `place`, a folder or zip of stems.

    A file is known again by its name, or else by its samples; that those are others is for the
    caller to see. Raises InputError with every stem that is not there, SessionError.
    """
    tracks = read([place]).tracks
    clips = [clip for track in tracks for clip in track.clips]
    media = [each for clip in clips for each in (clip.media, clip.right) if each is not None]
    problems: list[Problem] = []

    def moved(source: Source, file: SourceFile) -> tuple[str, str | None]:
        found = _like(file, media, store)
        if found is None:
            problems.append(_not_given(source, file, place))
            return file.place
        return str(found.path.resolve()), found.member

    found = lock.moved(moved)
    if problems:
        raise InputError(problems)
    return found


def _not_given(source: Source, file: SourceFile, place: Path) -> Problem:
    message = f"the stem {source.stem} is not in {place.name}, by name or by samples"
    if file.in_memory:  # arrays that are given again lie in a folder the caller does not know
        return replace(_in_memory(file), message=message)
    hint = "name the folder or zip that the song was rendered from"
    return Problem("missing_file", message, {"file": str(place)}, hint=hint)


def _like(file: SourceFile, media: Sequence[Media], store: Store) -> Media | None:
    """The file a lock means: of its name and samples, else of its name, else of its samples."""
    name = _called(file.name)
    named = [each for each in media if _called(each.member or each.path.name) == name]
    for each in named or media:
        if _sounds(each, store) == file.pcm:
            return each
    return named[0] if named else None


def _called(path: str) -> str:
    return unicodedata.normalize("NFC", path.rpartition("/")[2]).casefold()


def _sounds(media: Media, store: Store) -> str | None:
    try:
        return stem_file(media.path, media.member, store)[0].pcm_hash
    except InputError:
        return None
