"""The process of a command: interrupts from its first moment on, memory, and its streams' end.

Imports next to nothing, so that an interrupt during the imports of everything else meets it.
"""

from __future__ import annotations

import _thread
import gc
import os
import signal
import sys
import time

from bridge.cli import EXIT_INTERRUPTED, SIGNALS, leave_early

TYPE_CHECKING = False  # importing typing for it takes long enough to be interrupted
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

_ONE_S = 1.0
"""Interrupts within this time are one: somebody pressed the keys several times."""
_AGAIN_S = 3.0
"""An interrupt may be swallowed, as by an import of C code: after this time it is repeated."""
_LONGEST_S = 20.0
"""A stop that is not through by then, because a library hangs, is cut short."""
_LATE = b"error: stopped, and cut short: something did not come to its end\n"
_PR_SET_PDEATHSIG = 1
_ROOM_BYTES = 320 << 20
"""Address space that numpy and scipy take: 230 MB were measured, and a buffer for each OpenBLAS."""


_RINGS_EVERY = 1_000_000
"""Imports make some 500000 objects that stay: to look through them for rings that nobody holds, if
only every 100000, takes a tenth of a short command."""


class _Stop:
    """Whether work is going on, and when it was told to stop, first and last."""

    main = 0
    begun = False
    first_s: float | None = None
    last_s = 0.0


def asked_to_stop() -> bool:
    """Tell whether an interrupt came, whatever became of it."""
    return _Stop.first_s is not None


def collect_seldom() -> None:
    """From now on look for rings of forgotten objects less often; all others go at once."""
    gc.set_threshold(_RINGS_EVERY, *gc.get_threshold()[1:])


def leave_out_plugins() -> None:
    """See that pydantic looks for no plugins of its own: it would ask every installed package.

    What checks a chain or a lock is then the same, whatever else is installed.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def leave_rings() -> None:
    """Let the interpreter end without a look through all that stays for rings nobody holds."""
    gc.freeze()


def watch_signals() -> None:
    """From now on SIGINT and SIGTERM end the process with a word, not with a traceback."""
    _Stop.main = _thread.get_ident()
    sys.unraisablehook = _unraisable
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, or a script's background
            signal.signal(number, _come)


def end_with_starter() -> None:
    """Where STEMWRIGHT_ENDS_WITH names the process that started this one, stop when it is gone.

    What this one starts is not told of it. Linux asks the kernel (prctl(2), PR_SET_PDEATHSIG);
    elsewhere the work goes on to its end.
    """
    starter = os.environ.pop("STEMWRIGHT_ENDS_WITH", None)
    if starter is None or sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if str(os.getppid()) != starter:  # it went before the kernel was asked
        leave_early(signal.SIGTERM, None)


def begin() -> None:
    """From now on they raise KeyboardInterrupt: once for several that come together."""
    _Stop.begun = True


def over() -> None:
    """From now on they are without effect: all is told, and the process leaves."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _come(number: int, frame: FrameType | None) -> None:
    if not _Stop.begun:
        leave_early(number, frame)
    now_s = time.monotonic()
    if _Stop.first_s is None:
        _Stop.first_s = now_s
        _thread.start_new_thread(_see_to_the_end, ())  # threading's locks may be held just now
    elif now_s - _Stop.last_s < _ONE_S:
        return
    _Stop.last_s = now_s
    raise KeyboardInterrupt


def _see_to_the_end() -> None:
    time.sleep(_AGAIN_S)
    _again()
    time.sleep(_LONGEST_S - _AGAIN_S)
    os.write(2, _LATE)
    os._exit(EXIT_INTERRUPTED)


def _again() -> None:
    """Interrupt the main thread once more, also where it waits."""
    if sys.platform == "win32":  # pragma: no cover - untested
        _thread.interrupt_main(signal.SIGINT)
    else:
        signal.pthread_kill(_Stop.main, signal.SIGINT)


def _unraisable(told: Any) -> None:
    """An interrupt in a finaliser or a callback is not lost there: it comes again."""
    if not isinstance(told.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(told)
        return
    _Stop.last_s = 0.0
    _thread.start_new_thread(_once_more, ())


def _once_more() -> None:
    time.sleep(0.05)
    _again()


def check_memory() -> None:
    """Where the address space is limited, see that the numerical libraries find room in it.

    Raises MemoryError. They are loaded here then, on the main thread and one thread each, and used
    once: where memory is not there, OpenBLAS waits for it with the interpreter held, or exits.
    """
    if sys.platform == "win32":  # pragma: no cover - untested
        return
    import resource

    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return
    import mmap

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        mmap.mmap(-1, _ROOM_BYTES).close()
    except OSError as error:
        raise MemoryError from error
    from importlib import import_module

    import_module("scipy.signal")
    square = import_module("numpy").ones((64, 64))
    import_module("scipy.linalg.blas").dgemm(1.0, square, square @ square)


def leave_stream(code: int) -> int:
    """Write out what stdout still holds; 3 instead of `code` when it takes no more.

    Without this the interpreter would fail at it, after everything, in its own words.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_stdout()
    except OSError:
        _drop_stdout()
        return code or 3
    return code


def _drop_stdout() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
