"""A worker's entry: `python -m bridge.workers.worker MODULES HANDLE...`, calls on its handle.

The first process imports the modules and forks one more for every further handle, so that all
share what was imported. Each serves until its handle is closed.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pickle import PicklingError
from typing import Any

from bridge.native import library


def main() -> None:
    """Import, fork, serve, and wait for those that were forked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    modules, *handles = sys.argv[1:]
    gc.disable()
    for name in modules.split(",") if modules else ():
        importlib.import_module(name)
    library()
    gc.freeze()  # what was imported stays: looked through, its memory would be shared no more
    gc.enable()
    own, others = _one_each([int(each) for each in handles])
    _serve(Connection(own))
    for process in others:
        os.waitpid(process, 0)
    os._exit(0)


def _one_each(handles: list[int]) -> tuple[int, list[int]]:
    """Fork until there is a process for every handle; return this one's, and those forked here."""
    own = handles[0]
    forked: list[int] = []
    for handle in handles[1:]:
        process = os.fork()
        if not process:
            own, forked = handle, []
            break
        forked.append(process)
    for handle in handles:
        if handle != own:
            os.close(handle)
    return own, forked


def _serve(calls: Connection) -> None:
    with suppress(OSError):
        calls.send((True, None))  # it is there
    while True:
        try:
            function, given, accompanied = calls.recv()
            told = _told(calls) if accompanied else iter(())
            try:
                answer = (True, function(told, *given) if accompanied else function(*given))
            except Exception as error:
                answer = (False, error)
            for _ in told:  # what comes after an error is still to be taken from the handle
                pass
        except (EOFError, OSError):
            return
        try:
            calls.send(answer)
        except (PicklingError, TypeError, AttributeError) as unsendable:
            calls.send((False, RuntimeError(f"a worker's answer cannot travel: {unsendable}")))
        except OSError:
            return


def _told(calls: Connection) -> Iterator[Any]:
    """What the caller tells until it is done, for a function that is at work meanwhile."""
    while True:
        goes_on, value = calls.recv()
        if not goes_on:
            return
        yield value


if __name__ == "__main__":
    main()
