"""Leases: who works in a folder right now, told so that nobody sweeps it away or writes beside.

A lease is a file that carries an id of its own and who took it. Its process keeps it locked, which
the system ends with the process whatever happens, and touches it every minute. A lock is believed
where it must be seen: on the machine that took it, in whatever container. For a lease of another
machine, or on a disk without locks, the last touch speaks.
"""

from __future__ import annotations

import contextlib
import functools
import getpass
import json
import os
import platform
import shutil
import stat
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from stemwright.values import dataclass

SUFFIX = ".lease"
BEAT_S = 60.0
EXPIRY_S = 3600.0
"""How long an untouched lease that cannot be asked by its lock counts as held."""

_KIND = "lease"
_LONGEST_BYTES = 4096
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True)
class Holder:
    """Who took a lease: `machine` names one start of one, `locks` tells that the disk has locks."""

    id: str
    machine: str
    host: str
    pid: int
    user: str
    since: str
    locks: bool
    stemwright: str = _KIND

    def __str__(self) -> str:
        return f"process {self.pid} of {self.user} on {self.host}, since {self.since}"


class HeldError(Exception):
    """Somebody else holds the lease; `holder` is None where they cannot be read."""

    def __init__(self, holder: Holder | None) -> None:
        self.holder = holder
        super().__init__(str(holder or "another process"))


class NotALeaseError(Exception):
    """What lies under the lease's name is not a lease."""


class Lease:
    """A lease that is held until `release`."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle = handle
        _HEART.add(self)

    def beat(self) -> None:
        """Touch the file."""
        with contextlib.suppress(OSError):
            os.utime(self._handle if os.utime in os.supports_fd else self._path)

    def release(self) -> None:
        """Give it back: the file is gone afterwards."""
        _HEART.drop(self)
        ours = _same_file(self._path, self._handle)
        if os.name == "nt":  # an open file cannot be removed there (untested)
            os.close(self._handle)
        if ours:
            with contextlib.suppress(OSError):
                self._path.unlink()
        if os.name != "nt":
            os.close(self._handle)


class _Heart:
    """Touches every lease of this process."""

    def __init__(self) -> None:
        self._held: set[Lease] = set()
        self._guard = threading.Lock()
        self._started = False

    def add(self, lease: Lease) -> None:
        with self._guard:
            self._held.add(lease)
            if not self._started:
                self._started = True
                threading.Thread(target=self._run, daemon=True, name="leases").start()

    def drop(self, lease: Lease) -> None:
        with self._guard:
            self._held.discard(lease)

    def _run(self) -> None:
        while True:
            time.sleep(BEAT_S)
            with self._guard:
                for lease in self._held:
                    lease.beat()


_HEART = _Heart()


def hold(path: Path) -> Lease:
    """Take the lease `path`, also from a process that is gone.

    Raises HeldError, NotALeaseError where something else has that name, and OSError.
    """
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | _NO_LINK | _cloexec(), 0o644)
        except OSError as error:
            if os.path.lexists(path) and not _is_regular(path):
                raise NotALeaseError(str(path)) from error
            raise
        try:
            locks = _locked(handle)
            if not _same_file(path, handle):  # its holder gave it back meanwhile
                os.close(handle)
                continue
            _refuse_held(path, handle, locks)
            _sign(path, handle, _me(uuid.uuid4().hex, locks=locks is not None))
        except BaseException:
            with contextlib.suppress(OSError):
                os.close(handle)
            raise
        return Lease(path, handle)


@contextmanager
def leased_folder(root: Path, prefix: str = "") -> Iterator[Path]:
    """A new private folder in `root`, gone afterwards; its lease lies beside it. Raises OSError."""
    name = f"{prefix}{uuid.uuid4().hex}"
    folder, path = root / name, root / f"{name}{SUFFIX}"
    lease = Lease(path, _new(path, name))
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lease.release()


def sweep(root: Path, prefix: str = "") -> None:
    """Remove the folders in `root` whose lease nobody holds any more, and nothing else."""
    try:
        found = [path for path in root.iterdir() if path.name.startswith(prefix)]
    except OSError:
        return
    for path in found:
        if path.suffix == SUFFIX:
            with contextlib.suppress(OSError):
                _sweep_one(path, path.with_suffix(""))


def _sweep_one(path: Path, folder: Path) -> None:
    if not _is_regular(path):
        return
    handle = os.open(path, os.O_RDWR | _NO_LINK | _cloexec())
    try:
        holder = _read(handle)
        if holder is None or holder.id != folder.name:
            return
        locks = _locked(handle)
        if locks is False or _alive(path, handle, holder, locks):
            return
        if os.path.lexists(folder):
            if not _belongs(folder, handle):
                return
            shutil.rmtree(folder)
        path.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _belongs(folder: Path, handle: int) -> bool:
    """Whether `folder` is a real one and of the same user as its lease."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.fstat(handle).st_uid


def _refuse_held(path: Path, handle: int, locks: bool | None) -> None:
    holder = _read(handle)
    if locks is False:
        raise HeldError(holder)
    if holder is None:
        if os.fstat(handle).st_size:
            raise NotALeaseError(str(path))
        return
    if _alive(path, handle, holder, locks):
        raise HeldError(holder)


def _alive(path: Path, handle: int, holder: Holder, locks: bool | None) -> bool:
    """Whether the holder of a lease, whose lock was not refused to us, may still be at work."""
    if locks and holder.locks and holder.machine == machine():
        return False
    with tempfile.TemporaryFile(dir=path.parent) as now:  # by the clock of the disk
        return os.fstat(now.fileno()).st_mtime - os.fstat(handle).st_mtime < EXPIRY_S


def _new(path: Path, name: str) -> int:
    """Make a lease and return it open; where the system can, it appears locked and written."""
    with contextlib.suppress(AttributeError, OSError):  # not Linux, or a disk that cannot
        handle = _signed(os.open(path.parent, os.O_RDWR | os.O_TMPFILE | _cloexec(), 0o600), name)
        try:  # a folder's handle, though unused, is what makes Python follow the link
            os.link(f"/proc/self/fd/{handle}", path, src_dir_fd=handle, follow_symlinks=True)
        except BaseException:
            os.close(handle)
            raise
        return handle
    return _signed(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _cloexec(), 0o600), name)


def _signed(handle: int, name: str) -> int:
    try:
        _write(handle, _me(name, locks=_locked(handle) is not None))
    except BaseException:
        os.close(handle)
        raise
    return handle


def _me(name: str, *, locks: bool) -> Holder:
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user without a name
        user = "an unnamed user"
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    return Holder(name, machine(), platform.node(), os.getpid(), user, since, locks)


def _sign(path: Path, handle: int, holder: Holder) -> None:
    """Write who holds a lease that is ours; a disk too full for it is left without the lease."""
    try:
        _write(handle, holder)
    except OSError:
        if holder.locks and _same_file(path, handle):
            path.unlink()
        raise


def _write(handle: int, holder: Holder) -> None:
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, json.dumps(asdict(holder)).encode("ascii"))


def _read(handle: int) -> Holder | None:
    """Who an open lease names; None where it is not one."""
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        told = json.loads(os.read(handle, _LONGEST_BYTES))
        holder = Holder(**told)
    except (ValueError, TypeError, RecursionError):
        return None
    kinds = {"pid": int, "locks": bool}
    whole = all(isinstance(value, kinds.get(name, str)) for name, value in told.items())
    return holder if whole and holder.stemwright == _KIND else None


def _is_regular(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)


def _same_file(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(handle))
    except OSError:
        return False


def _cloexec() -> int:
    return int(getattr(os, "O_CLOEXEC", 0))


@functools.cache
def machine() -> str:
    """What all processes and containers of one running system, and no others, have in common."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:  # not Linux
        return f"{platform.node()} {uuid.getnode():x}"


if sys.platform == "win32":  # untested
    import msvcrt

    def _locked(handle: int) -> bool | None:
        """Lock an open file for as long as it is open; False: another has it; None: no locks."""
        os.lseek(handle, 1 << 30, os.SEEK_SET)  # behind the text, which others shall read
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _locked(handle: int) -> bool | None:
        """Lock an open file for as long as it is open; False: another has it; None: no locks."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True
