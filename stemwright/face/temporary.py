"""Folders that go with what is in use of them: arrays as files, and masters without a place."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bridge.planning import ARRAY
from bridge.road import InMemory
from sessions import Session
from stemwright.face.arguments import Arguments
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    import numpy.typing as npt

PathLike: TypeAlias = "str | os.PathLike[str]"
Arrays: TypeAlias = "Mapping[str, tuple[npt.ArrayLike, float]]"
Stems: TypeAlias = "PathLike | Sequence[PathLike] | Session | Arrays"
"""A session's file, a folder or zip of stems, files, a session that was read, or arrays by name."""


class Kept:
    """A temporary folder that is there as long as this is."""

    def __init__(self) -> None:
        from bridge.hosting import scratch

        stack = ExitStack()
        self.folder = stack.enter_context(scratch())
        self.drop = weakref.finalize(self, stack.close)


def output(given: Arguments, out: object) -> tuple[Path, Kept | None]:
    """The folder of a master, and what keeps it there if it is a temporary one."""
    if out is not None:
        return given.path("out", out, "a path, or None for a temporary folder"), None
    kept = Kept()
    return kept.folder / "master", kept


def song(
    given: Arguments, stems: object, stack: ExitStack
) -> tuple[Path, ...] | Session | InMemory:
    """Where a song's stems lie: arrays are written to a folder that goes with `stack`."""
    if isinstance(stems, Session):
        return stems
    if isinstance(stems, Mapping):
        return InMemory(_written(stems, stack))
    if not isinstance(stems, str | os.PathLike | Sequence) or isinstance(stems, bytes):
        given.wrong("stems", stems, _STEMS)
        return ()
    found = given.paths("stems", stems)
    if not found:
        given.wrong("stems", stems, _STEMS)
    return found


_STEMS = "a path, several, a Session that was read, or arrays: {name: (samples, rate_hz)}"


def moved(given: Arguments, stems: object, stack: ExitStack) -> Path | None:
    """Where the stems of a finished folder lie now, if they are named; arrays as `song` does."""
    if isinstance(stems, Mapping):
        folder = _written(stems, stack)
        stack.enter_context(_told_by_name(folder))
        return folder
    if stems is None:
        return None
    return given.path("stems", stems, "a path, arrays: {name: (samples, rate_hz)}, or None")


def _written(stems: Mapping[str, object], stack: ExitStack) -> Path:
    from bridge.hosting import scratch
    from stemwright.face.arrays import write_stems

    folder = stack.enter_context(scratch()).resolve() / "stems"
    folder.mkdir()
    write_stems(stems, folder)
    return folder


@contextmanager
def _told_by_name(folder: Path) -> Iterator[None]:
    """Tell what is wrong with the copies in `folder` as wrong with the arrays."""
    try:
        yield
    except InputError as error:
        named = tuple(_by_name(each, folder) for each in error.problems)
        if named == error.problems:
            raise
        raise InputError(named) from error


def _by_name(problem: Problem, folder: Path) -> Problem:
    place = Path(str(problem.where.get("file", "")))
    if place == folder:
        return replace(problem, where={"path": "stems"}, hint=_ALL_ARRAYS)
    if place.parent != folder:
        return problem
    name = f"{ARRAY}{place.stem}"
    message = problem.message.replace(str(place), name)
    return replace(problem, message=message, where={**problem.where, "file": name})


_ALL_ARRAYS = "give every stem's array: stems={name: (samples, rate_hz)}"
