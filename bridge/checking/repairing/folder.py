"""The folder of repaired stems: put in place whole, over nothing but an earlier one of ours."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.checking.repairing.record import is_as_written
from bridge.finished import refuse_kept
from bridge.storing import leased_folder, sweep
from stemwright.files import cannot_write, flush, flush_tree
from stemwright.problems import InputError, Problem

_STAGED = ".stemwright-repairs-"


def refuse_folder(folder: Path, sources: Iterable[Path]) -> None:
    """Raise InputError where no repaired stems may go.

    `in_stems_folder` for a place among the stems or around them, `output_not_ours` for one that
    holds anything but earlier repairs as they were written, `kept_by_job`.
    """
    refuse_kept(folder)
    target = folder.resolve()
    for place in {source.resolve().parent for source in sources}:
        if target == place or place in target.parents or target in place.parents:
            raise InputError(
                Problem(
                    "in_stems_folder",
                    "repaired stems do not go where the stems are, nor around them",
                    {"file": str(folder)},
                    hint="name a folder beside the stems' own",
                )
            )
    _refuse_foreign(folder)


@contextmanager
def folder_in_making(folder: Path) -> Iterator[tuple[Path, Callable[[], None]]]:
    """A folder to fill beside `folder`, and what puts it in its place; not done, it goes.

    Raises MachineError; InputError `output_not_ours`.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        sweep(folder.parent, _STAGED)
        with leased_folder(folder.parent, _STAGED) as work:
            staged = work / "made"
            staged.mkdir()
            yield staged, lambda: _placed(staged, work, folder)
    except OSError as cause:
        raise cannot_write(folder, cause) from cause


def _placed(staged: Path, work: Path, folder: Path) -> None:
    flush_tree(staged)
    _refuse_foreign(folder)
    if folder.exists():
        folder.rename(work / "before")
    staged.rename(folder)
    flush(folder.parent)


def _refuse_foreign(folder: Path) -> None:
    if not os.path.lexists(folder) or is_as_written(folder):
        return
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        return
    raise InputError(
        Problem(
            "output_not_ours",
            f"{folder.name} holds what is not of an earlier repair, or was changed since",
            {"file": str(folder)},
            hint="name another folder, or move that away",
        )
    )
