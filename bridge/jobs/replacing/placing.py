"""Putting new files in place: a folder of their own, and the job that names them from then on.

The old files stay where they are, and what was made of them finds them there. The job's file is
written last and in one move: the song has the old set until then, and the new one from then on.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bridge.jobs.editing import edited
from bridge.jobs.model import Job
from bridge.jobs.replacing.copying import copied
from bridge.jobs.replacing.kept_sets import RECORD, REPLACED, SCHEMA
from bridge.jobs.replacing.planning import Replaced, Replacement, files_of, stems_of
from bridge.jobs.revisions.working import folder_in_making, take_name, working_on
from bridge.jobs.seals import sealed
from bridge.storing import file_digest
from chains import with_value
from sessions import Track, read
from stemwright.files import cannot_write, written_from
from stemwright.problems import InputError, Problem


@dataclass(frozen=True)
class Placed:
    """Where new files lie; `before` and `after` are the job's stems as its file writes them."""

    folder: Path
    job: Job
    before: tuple[str, ...]
    after: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """What `replace --json` adds once it is done."""
        return {"set": str(self.folder), "before": [*self.before], "after": [*self.after]}


def place(replacement: Replacement) -> Placed:
    """Copy the new files into the job's folder and name them in its file, all of it or nothing.

    Raises InputError `job_in_use`, `job_changed` where the job or its stems are not what was
    looked at, `stems_move` where the song would read others of its stems otherwise; MachineError.
    """
    folder = replacement.job.folder
    with working_on(folder):
        try:
            kept = _kept(replacement, folder / REPLACED)
        except OSError as cause:
            raise cannot_write(folder / REPLACED, cause) from cause
        after = tuple(_written(path, folder) for path in _song_files(replacement, kept))
        before: list[str] = []

        def change(text: str) -> str:
            before.extend(_stems_in(text))
            _refuse_changed(replacement.job, before)
            return with_value(text, ("stems",), list(after))

        job = edited(replacement.job.path, change)
    return Placed(kept, job, tuple(before), after)


def _refuse_changed(job: Job, written: Sequence[str]) -> None:
    if [_real(job.folder / each) for each in written] != [_real(each) for each in job.stems]:
        raise InputError(
            Problem(
                "job_changed",
                "the job names other stems than those that were looked at; nothing was changed",
                {"file": str(job.path)},
                hint="do it again",
            )
        )


def _real(path: Path) -> str:
    return os.path.realpath(path)


def _kept(replacement: Replacement, top: Path) -> Path:
    """The folder of the new files, written now, or left by one who was stopped before the job."""
    with folder_in_making(top) as folder:
        for each in replacement.replaced:
            for source, name in _names(each, replacement.stems):
                copied(source, folder / name, each.taken_out_frames)
        _refuse_moved(replacement, _song_files(replacement, folder))
        digests = {path.name: file_digest(path) for path in sorted(folder.iterdir())}
        numbers = sorted(int(each.name) for each in top.iterdir() if each.name.isdecimal())
        if numbers and _digests_in(top / str(numbers[-1])) == digests:
            return top / str(numbers[-1])
        (folder / RECORD).write_bytes(_record(replacement, digests))
        return take_name(folder, str(numbers[-1] + 1 if numbers else 1))


def _digests_in(folder: Path) -> dict[str, str]:
    files = [each for each in sorted(folder.iterdir()) if each.is_file() and each.name != RECORD]
    return {path.name: file_digest(path) for path in files}


def _record(replacement: Replacement, digests: Mapping[str, str]) -> bytes:
    told = {
        "schema": SCHEMA,
        "stemwright": version("stemwright"),
        "files": digests,
        "replaced": [each.as_json() for each in replacement.replaced],
    }
    return sealed(told)


def _names(replaced: Replaced, stems: Sequence[Track]) -> Iterator[tuple[Path, str]]:
    """The new files of a stem, and what they are called: as the old ones, in their own format."""
    new, old = replaced.difference.new.paths, replaced.difference.old.paths
    if len(new) == len(old):
        for source, before in zip(new, old, strict=True):
            yield source, f"{before.stem}{source.suffix}"
        return
    (stem,) = (each for each in stems if each.id == replaced.stem)
    sides = [""] if len(new) == 1 else [".L", ".R"]
    for source, side in zip(new, sides, strict=True):
        yield source, f"{stem.id}{side}{source.suffix}"


def _song_files(replacement: Replacement, kept: Path) -> list[Path]:
    """Every file of the song as it is then, in the order of its stems."""
    new = {
        each.stem: [kept / name for _, name in _names(each, replacement.stems)]
        for each in replacement.replaced
    }
    stems = [path for stem in replacement.stems for path in new.get(stem.id, files_of(stem))]
    return [*stems, *replacement.beside]


def _refuse_moved(replacement: Replacement, files: Sequence[Path]) -> None:
    """The song reads the files as the same stems in the same places, or nothing is changed."""
    before = {each.id: _place(each) for each in replacement.stems}
    after = {each.id: _place(each) for each in stems_of(replacement.job, read(files))}
    moved = [name for name in before if after.get(name) != before[name]]
    if not moved and len(after) == len(before):
        return
    raise InputError(
        Problem(
            "stems_move",
            f"with the new files the song would read these otherwise: {', '.join(moved)}",
            {"file": str(replacement.job.path)},
            expected="the same names, and the same bext times where all stems have one",
            hint="export the new files as the old ones were, from the song's start",
        )
    )


def _place(stem: Track) -> tuple[str, str, float]:
    return stem.name, stem.role, stem.clips[0].position_s


def _written(path: Path, folder: Path) -> str:
    """A path as the job writes it: seen from its folder, absolute on another drive."""
    return written_from(folder, path.resolve())


def _stems_in(text: str) -> list[str]:
    written = tomllib.loads(text)["stems"]
    return [written] if isinstance(written, str) else list(written)
