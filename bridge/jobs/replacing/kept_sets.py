"""The sets of new files that were put into a job, as they lie there: whole, or edited since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from bridge.finished import FileWord, Shape, Text
from bridge.jobs.seals import read_sealed
from bridge.storing import file_digest
from stemwright.problems import InputError, Problem

REPLACED = "replaced"
"""The folder of a job's new files, in a folder a set: replaced/1, replaced/2."""
RECORD = "replaced.json"
SCHEMA = 1
_HINT = "put it back from a copy, or replace the stem again: stemwright replace JOB FILE"


class _Set(Shape):
    schema_: Annotated[Literal[1], Field(alias="schema")]
    files: dict[FileWord, Text]
    replaced: Any


def replaced_problems(job_folder: Path) -> Iterator[Problem]:
    """What is not as `replace` put it there, a problem a file; every file is read."""
    for folder in _sets(job_folder / REPLACED):
        path = folder / RECORD
        try:
            found = _Set.read(
                read_sealed(path, "replaced_changed", _HINT), path, "replaced_changed"
            )
        except FileNotFoundError:
            yield _changed(path, "is gone")
            continue
        except InputError as error:
            yield from error.problems
            continue
        for name, digest in found.files.items():
            said = _since(folder / name, digest)
            if said is not None:
                yield _changed(folder / name, said)


def _sets(top: Path) -> list[Path]:
    try:
        found = [each for each in top.iterdir() if each.name.isdecimal() and each.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(found, key=lambda each: int(each.name))


def _since(path: Path, digest: str) -> str | None:
    """What became of a file since it was put there; None: nothing."""
    if not path.is_file() or path.is_symlink():
        return "is gone"
    return None if file_digest(path) == digest else "was edited since it was put there"


def _changed(path: Path, said: str) -> Problem:
    name = path.relative_to(path.parents[2]).as_posix()
    return Problem("replaced_changed", f"{name} {said}", {"file": str(path)}, hint=_HINT)
