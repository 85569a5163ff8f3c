"""Repairs done again from their record, in a place of their own, and held to what was written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.audio import open_member
from bridge.checking.repairing.files import written
from bridge.checking.repairing.mending import StemMending
from bridge.checking.repairing.plan import METHODS
from bridge.checking.repairing.record import (
    RepairsRecord,
    SourceFile,
    StemRow,
    StepRow,
    differing,
    read_repairs,
)
from bridge.checking.stem_audio import stem_audio
from bridge.storing import file_digest
from stemwright.problems import InputError
from stemwright.shown import Shown

_NOW = {(method.code, method.name): method.version for method in METHODS}


@dataclass(frozen=True)
class RepairDifference:
    """One thing that is not what the record says; `step` is a finding's id, "" where it is none.

    `kind` is file, source, version or step.
    """

    kind: str
    stem: str
    step: str
    message: str

    def as_json(self) -> dict[str, str]:
        """A row of `differing`."""
        return dict(vars(self))


@dataclass(frozen=True)
class VerifiedRepairs(Shown):
    """What a folder of repaired stems is against its record, with every repair done again."""

    folder: Path
    stems: int
    steps: int
    differing: tuple[RepairDifference, ...]

    @property
    def same(self) -> bool:
        """Whether every file and every step is what it was."""
        return not self.differing

    def as_json(self) -> dict[str, Any]:
        """What `verify --json` prints of it."""
        return {
            "repairs": str(self.folder),
            "verdict": "exact" if self.same else "differs",
            "first": self.differing[0].as_json() if self.differing else None,
            "stems": self.stems,
            "steps": self.steps,
            "differing": [each.as_json() for each in self.differing],
        }


def verified_repairs(folder: Path, *, quick: bool = False) -> VerifiedRepairs:
    """Check the files of a folder of repairs, then do them again; `quick` does not.

    What differs is told in the order of the stems, sources first. Raises InputError as
    `read_repairs`.
    """
    record = read_repairs(folder)
    found = [
        RepairDifference("file", "", "", f"{name} is gone, or not what was written")
        for name in differing(folder, record)
    ]
    if not quick:
        with tempfile.TemporaryDirectory(prefix="stemwright-repairs-") as work:
            for row in record.stems:
                found += _stem(folder, record, row, Path(work))
    return VerifiedRepairs(folder, len(record.stems), len(record.steps), tuple(found))


def _stem(
    folder: Path, record: RepairsRecord, row: StemRow, work: Path
) -> Iterator[RepairDifference]:
    paths, changed = [], []
    for file in row.files:
        try:
            paths.append(_source(folder, file, work))
        except (InputError, OSError):
            changed.append(f"its source {file.file} is gone or cannot be read")
            continue
        if file_digest(paths[-1]) != file.digest:
            changed.append(f"its source {file.file} is another one now")
    if changed:
        yield from (RepairDifference("source", row.stem, "", said) for said in changed)
        return
    steps = [each for each in record.steps if each.stem == row.stem]
    if not steps:
        yield from _copies(row, record)
        return
    yield from _again(record, row, steps, tuple(paths), work)


def _source(folder: Path, file: SourceFile, work: Path) -> Path:
    path = folder / file.file
    if file.member is not None:
        return open_member(path, file.member, work)
    if not path.is_file():
        raise FileNotFoundError(path)
    return path


def _copies(row: StemRow, record: RepairsRecord) -> Iterator[RepairDifference]:
    for file, name in zip(row.files, row.outputs, strict=False):
        if record.files.get(name) != file.digest:
            yield RepairDifference("file", row.stem, "", f"{name} is no copy of its source")


def _again(
    record: RepairsRecord,
    row: StemRow,
    steps: Sequence[StepRow],
    paths: tuple[Path, ...],
    work: Path,
) -> Iterator[RepairDifference]:
    old = [each for each in steps if _NOW.get((each.code, each.method)) != each.version]
    for each in old:
        said = f"{each.method} is of version {each.version} there, and another one here"
        yield RepairDifference("version", row.stem, each.finding, said)
    if any((each.code, each.method) not in _NOW for each in old):
        return
    audio = stem_audio(row.stem, row.stem, "", paths)
    mending = StemMending(audio, record.tried(row.stem))
    written(audio, mending, work, row.outputs)
    now = {(each.step.finding, each.step.code): each.digest for each in mending.mended()}
    for each in steps:
        if now.get((each.finding, each.code)) != each.digest:
            said = f"{each.code} gives other samples than it did"
            yield RepairDifference("step", row.stem, each.finding, said)
    for name in row.outputs:
        if not (work / name).is_file() or file_digest(work / name) != record.files.get(name):
            yield RepairDifference("step", row.stem, "", f"{name} comes out otherwise")
        (work / name).unlink(missing_ok=True)
