"""A worker child dies with the process that started it, and all that it started dies with it.

A plugin may start processes that leave its session and lose their parent. On Linux a keeper stands
between: the child forks before it loads anything, its parent half adopts whatever the worker half
leaves behind (prctl(2), PR_SET_CHILD_SUBREAPER) and ends it. Windows has job objects for this, and
macOS is asked which processes were started with the child's own temporary folder (both untested).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_WATCH_S = 0.5
_SYNCHRONIZE = 0x00100000
_FOREVER = 0xFFFFFFFF
_KEPT = frozenset({signal.SIGTERM, getattr(signal, "SIGCHLD", signal.SIGTERM)})
ORPHANED = 86
"""Exit code of a child whose parent is gone."""


def enter_worker(parent: int) -> None:
    """Make this process, started by process `parent`, one that leaves nothing behind.

    On Linux it returns in a fork of it, whose keeper ends as the worker does, and on SIGTERM.
    """
    if sys.platform != "linux":
        _die_with(parent, signal.SIGTERM)
        return
    _die_with(parent, signal.SIGTERM)
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    signal.pthread_sigmask(signal.SIG_BLOCK, _KEPT)
    keeper = os.getpid()
    worker = os.fork()
    if worker:
        _keep(worker)
    os.setsid()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _KEPT)
    _die_with(keeper, signal.SIGKILL)


def _die_with(parent: int, by: signal.Signals) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)
        if os.getppid() != parent:  # it went before the kernel was asked
            os._exit(ORPHANED)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _keep(worker: int) -> NoReturn:
    """Wait for the worker's end or for SIGTERM, end all that is left, and end as the worker did."""
    status = signal.SIGKILL.value
    try:
        for pipe in range(3):  # or nobody would see the worker close them
            os.dup2(os.open(os.devnull, os.O_RDWR), pipe)
        ended = None
        while ended is None and signal.sigwait(_KEPT) != signal.SIGTERM:
            ended = _reaped(worker)
        status = status if ended is None else ended
        _end_children()
    finally:
        _end_as(status)


def _reaped(worker: int) -> int | None:
    """The worker's status, once it ended; others that were adopted are reaped on the way."""
    found = None
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == worker:
            return status
        if pid == 0:
            return found


def _end_children() -> None:
    """Kill every child; those of a killed one become ours, until there are none."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid:
                continue
            for child in _children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            os.waitpid(-1, 0)


def _children() -> Iterator[int]:
    """This process's children (proc(5): the parent is the second word behind the name)."""
    me = os.getpid()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            words = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            if int(words[1]) == me:
                yield int(folder.name)


def _end_as(status: int) -> NoReturn:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
        os.kill(os.getpid(), number)
        time.sleep(1.0)  # the signal is on its way
    os._exit(os.waitstatus_to_exitcode(status))


def _watch(parent: int) -> None:  # pragma: no cover - untested
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.OpenProcess.restype = ctypes.c_void_p
        handle = kernel.OpenProcess(_SYNCHRONIZE, False, parent)
        kernel.WaitForSingleObject(ctypes.c_void_p(handle), _FOREVER)
    else:
        while os.getppid() == parent:
            time.sleep(_WATCH_S)
    os._exit(ORPHANED)


class Family:
    """A started child with all that it will start, ended together."""

    def __init__(self, process: subprocess.Popen[bytes], tag: str) -> None:
        """`tag` is in the environment of the child and of no other process."""
        self._process = process
        self._tag = tag
        self._job = _job_of(process) if sys.platform == "win32" else None

    def stop(self) -> None:
        """Ask for the end of all of them; any thread may, any number of times."""
        if sys.platform == "win32":  # pragma: no cover - untested
            ctypes.WinDLL("kernel32").TerminateJobObject(self._job, 1)
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "linux":
                self._process.send_signal(signal.SIGTERM)  # its keeper ends the others
            else:  # pragma: no cover - untested
                os.killpg(self._process.pid, signal.SIGKILL)

    def end(self, grace_s: float) -> None:
        """End all of them and wait for the child."""
        self.stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_s)
        if sys.platform == "win32":  # pragma: no cover - untested
            ctypes.WinDLL("kernel32").CloseHandle(self._job)
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)  # a keeper that was stopped itself
        if sys.platform == "darwin":  # pragma: no cover - untested
            _kill_tagged(self._tag)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_s)


def _kill_tagged(tag: str) -> None:  # pragma: no cover - untested
    """Kill the processes whose environment holds `tag`, as ps(1) of macOS shows it with -E."""
    told = subprocess.run(
        ["/bin/ps", "-axEww", "-o", "pid=,command="], capture_output=True, check=False
    )
    for line in told.stdout.splitlines():
        number, _, words = line.strip().partition(b" ")
        if os.fsencode(tag) in words and number.isdigit():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(int(number), signal.SIGKILL)


def _job_of(process: subprocess.Popen[bytes]) -> Any:  # pragma: no cover - untested
    """A job object with the child in it: what it starts belongs to it, and ends with it.

    Win32, winnt.h: JOBOBJECT_EXTENDED_LIMIT_INFORMATION (class 9) with
    JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE.
    """
    kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
    limits = _ExtendedLimits()
    limits.limit_flags = 0x2000
    kernel.SetInformationJobObject(job, 9, ctypes.byref(limits), ctypes.sizeof(limits))
    kernel.AssignProcessToJobObject(job, ctypes.c_void_p(int(getattr(process, "_handle"))))  # noqa: B009
    return job


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("process_user_time", ctypes.c_int64),
        ("job_user_time", ctypes.c_int64),
        ("limit_flags", ctypes.c_uint32),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )
