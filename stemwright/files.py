"""Files written whole or not at all, and the operating system's refusals as problems to act on."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from stemwright.problems import InputError, MachineError, Problem

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def cannot_write(path: Path, cause: OSError) -> MachineError:
    """Say why `path` could not be written: `disk_full` or `not_writable`."""
    where = {"file": str(path)}
    if cause.errno in _FULL:
        return MachineError(
            Problem(
                "disk_full",
                f"no space left to write {path}",
                where,
                hint="free some space, or choose a folder on another disk",
            )
        )
    return MachineError(
        Problem(
            "not_writable",
            f"cannot write {path}: {cause.strerror or cause}",
            where,
            hint="choose a folder you may write to",
        )
    )


def unreadable(kind: str, path: str | Path, message: str, hint: str) -> InputError:
    """Return the error for one input file, named in its message and in `where`."""
    return InputError(Problem(kind, f"{path}: {message}", {"file": str(path)}, hint=hint))


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
