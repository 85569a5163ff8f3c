"""Putting a file where the user wants it, in one move: only in place of a regular file, or new."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from bridge.audio.faults import cannot_write
from bridge.errors import InputError, Problem


def check_regular(path: Path) -> Path:
    """Return where `path` leads, links followed: what is there is a regular file, or nothing is.

    A move into place would take a device node or a pipe away. Raises InputError `not_a_file`;
    MachineError `not_writable` where that cannot be looked at.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return target
    except OSError as cause:
        raise cannot_write(path, cause) from cause
    if stat.S_ISREG(mode):
        return target
    if stat.S_ISDIR(mode):
        said, hint = "is a folder", f"name a file in it, such as {path / 'report.out'}"
    else:
        said, hint = "is a device or a pipe, not a file", "name a file that may be replaced"
    raise InputError(Problem("not_a_file", f"{path} {said}", {"file": str(path)}, hint=hint))


def placed(path: Path, octets: bytes) -> None:
    """Write a whole file in one move, through a link to where it leads.

    Raises InputError `not_a_file`; MachineError `disk_full` and `not_writable`.
    """
    target = check_regular(path)
    staged = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        staged.write_bytes(octets)
        staged.replace(target)
    except OSError as cause:
        with contextlib.suppress(OSError):
            staged.unlink(missing_ok=True)
        raise cannot_write(path, cause) from cause
