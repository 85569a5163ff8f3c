"""A delivery's folder: what may lie there before, and that it comes whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bridge.delivering.manifest import MANIFEST, read_manifest
from bridge.finished import refuse_kept
from bridge.storing import HeldError, file_digest, hold
from stemwright.files import cannot_write
from stemwright.problems import Diagnostic, InputError, MachineError, Problem, RenderError


def check_place(folder: Path, *, replacing: bool) -> None:
    """Raise InputError for a folder that holds something, before any work is done.

    With `replacing`, an earlier delivery may go, if all in it is as it was written.
    """
    refuse_kept(folder)
    if not os.path.lexists(folder) or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / MANIFEST).is_file():
        raise InputError(
            Problem(
                "output_not_ours",
                f"{folder} holds files that are no delivery",
                {"file": str(folder)},
                hint="name another folder with -o",
            )
        )
    if not replacing:
        raise InputError(
            Problem(
                "delivery_exists",
                f"{folder} is a delivery already",
                {"file": str(folder)},
                hint="name another folder with -o, or say --replace to let go of it",
            )
        )
    changed = _not_as_written(folder)
    if changed:
        raise InputError(
            Problem(
                "output_changed",
                f"{folder} holds what the delivery in it did not write: {', '.join(changed[:5])}",
                {"file": str(folder)},
                hint="move it away, or name another folder with -o",
            )
        )


@contextmanager
def staging_of(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` that is gone afterwards, also one a killed process left there.

    What goes wrong in it is told by where the file would have come to lie.
    """
    place = folder.with_name(f".{folder.name}.delivering")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lease = hold(folder.with_name(f".{folder.name}.delivering.lock"))
    except HeldError:
        raise InputError(
            Problem("output_in_use", f"another delivery writes {folder}", {"file": str(folder)})
        ) from None
    except OSError as cause:
        raise cannot_write(folder, cause) from cause
    try:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        yield place
    except OSError as cause:
        raise cannot_write(folder, cause) from cause
    except (InputError, MachineError, RenderError) as error:
        raise type(error)([_at_last(each, place, folder) for each in error.problems]) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)
        lease.release()


def put(staging: Path, folder: Path) -> None:
    """One move; what lay there goes only when the new one is in its place."""
    old = folder.with_name(f".{folder.name}.replaced")
    shutil.rmtree(old, ignore_errors=True)
    if os.path.lexists(folder):
        folder.rename(old)
    try:
        staging.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def at_last(note: Diagnostic, staging: Path, folder: Path) -> Diagnostic:
    """A note about a file of `staging`, told by where it lies in the end."""
    here, there = str(staging), str(folder)
    where, message = (each.replace(here, there) for each in (note.where, note.message))
    return replace(note, where=where, message=message)


def _at_last(problem: Problem, staging: Path, folder: Path) -> Problem:
    here, there = str(staging), str(folder)
    where = {
        key: value.replace(here, there) if isinstance(value, str) else value
        for key, value in problem.where.items()
    }
    return replace(problem, message=problem.message.replace(here, there), where=where)


def _not_as_written(folder: Path) -> list[str]:
    """Files of a delivery's folder that its manifest does not have, or has otherwise."""
    try:
        manifest = read_manifest(folder)
    except InputError:
        return [MANIFEST]
    known = manifest.digests
    found = [each for each in folder.rglob("*") if not each.is_dir()]
    return [
        *(() if manifest.as_written else (MANIFEST,)),
        *(
            name
            for name, path in ((each.relative_to(folder).as_posix(), each) for each in found)
            if name != MANIFEST and (name not in known or file_digest(path) != known[name])
        ),
    ]
