"""The operating system's refusals, mapped to problems a user can act on."""

from __future__ import annotations

import errno
from pathlib import Path

from bridge.errors import InputError, MachineError, Problem

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
