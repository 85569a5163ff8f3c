"""One process at a time changes a job; what killed ones left is swept by the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.storing import HeldError, NotALeaseError, hold, leased_folder, sweep
from stemwright.files import cannot_write, flush, flush_tree
from stemwright.problems import InputError, Problem

IN_USE = ".stemwright-job-in-use"
"""The lease of who changes a job."""
UNSENT = ".unfinished-"
"""What the name of a folder that is being made begins with."""


@contextmanager
def working_on(job_folder: Path) -> Iterator[None]:
    """Keep a job for this process alone. Raises InputError `job_in_use`, MachineError."""
    try:
        lease = hold(job_folder / IN_USE)
    except HeldError as held:
        raise InputError(
            Problem(
                "job_in_use",
                f"another run changes this job: {held}",
                {"file": str(job_folder)},
                hint="wait until it is done, and do this again",
            )
        ) from held
    except NotALeaseError as error:
        said = "this is in the way of what says who changes the job"
        where = {"file": str(job_folder / IN_USE)}
        raise InputError(Problem("job_in_use", said, where, hint="move that away")) from error
    except OSError as cause:
        raise cannot_write(job_folder / IN_USE, cause) from cause
    try:
        yield
    finally:
        lease.release()


@contextmanager
def folder_in_making(place: Path) -> Iterator[Path]:
    """A folder inside `place` to fill and then rename; what is left of it at the end goes.

    Those that killed processes left are removed first. Raises OSError.
    """
    place.mkdir(exist_ok=True)
    sweep(place, UNSENT)
    with leased_folder(place, UNSENT) as folder:
        yield folder


def take_name(folder: Path, name: str) -> Path:
    """Put a folder that is made under its name, with the rights of the folder it lies in.

    From then on it outlives a power cut. Returns where it lies. Raises OSError.
    """
    place = folder.parent
    folder.chmod(place.stat().st_mode & 0o7777)
    flush_tree(folder)
    target = folder.rename(place / name)
    flush(place)
    flush(place.parent)
    return target
