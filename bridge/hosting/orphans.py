"""A worker child dies with the process that started it, however that one ends.

Linux asks the kernel for it; macOS and Windows (both untested) watch the parent from a thread.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_WATCH_S = 0.5
_SYNCHRONIZE = 0x00100000
_FOREVER = 0xFFFFFFFF
ORPHANED = 86
"""Exit code of a child whose parent is gone."""


def die_with_parent(parent: int) -> None:
    """End this process when process `parent`, which started it, ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it went before the kernel was asked
            os._exit(ORPHANED)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


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
