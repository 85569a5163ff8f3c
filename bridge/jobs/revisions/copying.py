"""A finished folder at another place: every byte of its audio, and its paths from there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from bridge.finished import (
    LOCK,
    RECORD,
    Lock,
    Place,
    Record,
    Source,
    SourceFile,
    as_text,
    lock_digest,
    need_record,
    plain_name,
    read_lock,
    text_digest,
)
from stemwright.files import written_from
from stemwright.problems import InputError, Problem


@dataclass(frozen=True)
class FinishedFiles:
    """What a finished folder holds, as it is to be written for another place.

    `copied` are names of files that are there and copied as they are, `lock_text` and `record` are
    new.
    """

    source: Path
    copied: tuple[str, ...]
    lock_text: str
    record: dict[str, Any]

    def written_into(self, folder: Path) -> None:
        """Write all of it into a folder that has none of it. Raises OSError."""
        for name in self.copied:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.source / name, target)
        (folder / LOCK).write_bytes(self.lock_text.encode("utf-8", "backslashreplace"))
        text = as_text(Record.model_validate(self.record))
        (folder / RECORD).write_bytes(text.encode("utf-8", "backslashreplace"))


PlaceOf = Callable[[SourceFile], Place]
"""Where a stem's file lies, seen from a folder, and its member of a zip."""


def seen_from(source: Path, place: Path, stems: PlaceOf | None = None) -> FinishedFiles:
    """Read a finished folder as it will be at `place`.

    Its lock names the stems where they lie, seen from there, or where `stems` says. Raises
    InputError as its readers do, and `bad_record` for files that no render writes: links, and names
    that lead out of the folder.
    """
    record, lock = need_record(source), read_lock(source)
    _refuse_strange(source, record)
    moved = _moved_lock(lock, source, place, stems)
    text = as_text(moved)
    told = record.as_json()
    digests = {**told["digests"], LOCK: text_digest(text)}
    told |= {"digests": digests}
    if record.song is not None:
        told["song"] = {"chain": _from(place, source, record.song.chain)}
    names = [name for name in digests if name != LOCK and (source / name).is_file()]
    return FinishedFiles(source, tuple(names), text, told)


def _refuse_strange(source: Path, record: Record) -> None:
    problems = [
        Problem(
            "bad_record", f"{name} is no file that render writes", {"file": str(source / RECORD)}
        )
        for name in record.as_json()["digests"]
        if not plain_name(name) or any(_is_link(source, name))
    ]
    if problems:
        raise InputError(problems)


def _is_link(source: Path, name: str) -> Iterator[bool]:
    yield (source / name).is_symlink()
    yield (source / name).parent.is_symlink() and "/" in name


def place_free_digest(folder: Path) -> str:
    """The digest of a finished folder wherever it lies: its lock without places, and its masters'.

    Raises InputError as its readers do.
    """
    masters = [each.pcm_sha256 for each in need_record(folder).outputs]
    return text_digest(" ".join([lock_digest(read_lock(folder).as_json()), *masters]))


def _moved_lock(lock: Lock, source: Path, place: Path, stems: PlaceOf | None) -> Lock:
    def seen(_: Source, file: SourceFile) -> Place:
        if file.in_memory:
            return file.place
        if stems is not None:
            return stems(file)
        return _from(place, source, file.path), file.member

    return lock.moved(seen)


def _from(place: Path, source: Path, path: str) -> str:
    """The path `path`, seen from `source`, as it is seen from `place`."""
    if PurePosixPath(path).is_absolute() or Path(path).is_absolute():
        return path
    return written_from(place, Path(os.path.normpath(source.resolve() / path)))


def files_in(folder: Path) -> Iterator[str]:
    """The paths of all files in a folder, seen from it, in order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix()
