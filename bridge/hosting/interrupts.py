"""Moments that an interrupt must not cut in two."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold interrupts back until the end of the block; they come to effect there.

    Only the main thread is ever interrupted, so elsewhere there is nothing to do.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending: list[int] = []
    kept = {number: signal.getsignal(number) for number in _INTERRUPTS}
    for number in _INTERRUPTS:
        signal.signal(number, lambda come, _: pending.append(come))
    try:
        yield
    finally:
        for each, handler in kept.items():
            signal.signal(each, signal.SIG_DFL if handler is None else handler)
        for came in pending:
            signal.raise_signal(came)
