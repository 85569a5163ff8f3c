"""A file appears whole under its own name, or not at all, and never over another unasked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sessions.errors import SessionError
from stemwright.problems import Problem
from stemwright.words import printable


def refuse_existing(path: Path) -> None:
    """Raise SessionError when there is something at `path` already."""
    if path.exists() or path.is_symlink():
        raise SessionError(
            Problem(
                "output_exists",
                f"{printable(path)} is there already",
                {"file": printable(path)},
                expected="a name that is free",
                hint="name another file with -o, or move that one away",
            )
        )


@contextmanager
def placed(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """A temporary file beside `path` that takes its name when the block ends without an error.

    Raises SessionError when `path` exists and `overwrite` is not said; OSError of the system.
    """
    if not overwrite:
        refuse_existing(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    made = Path(name)
    try:
        yield made
        made.chmod(0o666 & ~_umask())
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
