"""Files written whole or not at all, and the operating system's refusals as problems to act on."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self

from stemwright.problems import InputError, MachineError, Problem

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CANNOT_FLUSH = frozenset({errno.EINVAL, errno.ENOTSUP})
_SHORTER = "use a shorter name: most disks take 255 bytes, its ending among them"
_SHOWN = 40
"""Letters of its name that a file not yet in place shows: a name may be as long as they go."""


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
            hint=too_long_hint(cause) or "choose a folder you may write to",
        )
    )


def too_long_hint(cause: OSError) -> str | None:
    """What to do where a name is longer than the system takes; None for any other cause."""
    return _SHORTER if cause.errno == errno.ENAMETOOLONG else None


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


class Staged:
    """A new, empty file beside `path` that takes its name whole, or leaves nothing.

    As a context manager it gives the path to write to; a normal end puts the file in its place,
    anything else drops it, an interrupt too. In place its permissions are `mode`, else what the
    umask leaves. A link at `path` is replaced: `check_regular` says where it leads. Without
    `overwrite` what is there by then stays: FileExistsError. With `lasting` it outlives a power cut
    from then on. Other OSErrors pass as the system raises them.
    """

    def __init__(
        self,
        path: Path,
        *,
        mode: int | None = None,
        overwrite: bool = True,
        lasting: bool = False,
    ) -> None:
        self._target, self._mode, self._overwrite = path, mode, overwrite
        self._lasting = lasting
        self.path = path.with_name(f".{path.name[:_SHOWN]}.{secrets.token_hex(8)}.part")
        created = 0o666 if mode is None else 0o600  # less what the umask takes
        os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, created))

    def commit(self) -> None:
        """Put the file in its place."""
        if not self._overwrite and os.path.lexists(self._target):
            raise FileExistsError(errno.EEXIST, "somebody was faster", str(self._target))
        if self._mode is not None:
            self.path.chmod(self._mode)
        if self._lasting:
            flush(self.path)
        self.path.replace(self._target)
        if self._lasting:
            flush(self._target.parent)

    def drop(self) -> None:
        """Leave nothing of the file."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if error is None:
                self.commit()
        finally:
            self.drop()


class WholeOrNothing(ABC):
    """A file being written: a `with` block completes it at its end, and drops it on any error."""

    @abstractmethod
    def close(self) -> object:
        """Complete the file."""

    @abstractmethod
    def discard(self) -> None:
        """Drop what was written so far."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            self.discard()
            return
        try:
            self.close()
        except BaseException:
            self.discard()
            raise


def written_from(folder: Path, lies: Path) -> str:
    """How a file in `folder` writes a path: relative, or absolute on another drive."""
    try:
        return Path(os.path.relpath(lies, folder.resolve())).as_posix()
    except ValueError:  # another drive on Windows
        return lies.as_posix()


def flush(path: Path) -> None:
    """Have the bytes of a file, or the names in a folder, on the disk. Raises OSError.

    A system that cannot open folders, and a disk that cannot be asked, are left to themselves.
    """
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as cause:
        if cause.errno not in _CANNOT_FLUSH:
            raise
    finally:
        os.close(handle)


def flush_tree(folder: Path) -> None:
    """`flush` everything in a folder, and the folder."""
    for path in folder.rglob("*"):
        if not path.is_symlink():
            flush(path)
    flush(folder)


def placed(path: Path, octets: bytes, *, lasting: bool = False) -> None:
    """Write a whole file in one move, through a link to where it leads.

    With `lasting` it outlives a power cut from then on. Raises InputError `not_a_file`;
    MachineError `disk_full` and `not_writable`.
    """
    target = check_regular(path)
    try:
        with Staged(target, lasting=lasting) as staged:
            staged.write_bytes(octets)
    except OSError as cause:
        raise cannot_write(path, cause) from cause
