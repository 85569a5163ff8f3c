"""Telling a caller's function how far a render is, and stopping the render when it says so."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from bridge.gathering import Cancel
from stemwright.face.arguments import checking
from stemwright.problems import Problem, StoppedError

Progress = Callable[[str, int, int], object]
"""Called as (stage, steps done, steps in all); False, or raising, stops the work."""


class Reporting:
    """Passes a render's events on to a function, one call at a time, from whatever thread.

    Implements bridge.rendering.Events.
    """

    def __init__(self, progress: Progress | None, cancel: Cancel) -> None:
        self._progress = progress
        self._cancel = cancel
        self._lock = threading.Lock()
        self._stage, self._done, self._total = "reading", 0, 0
        self.error: BaseException | None = None

    def stage(self, name: str) -> None:
        """A stage begins."""
        self._tell(stage=name)

    def steps(self, total: int) -> None:
        """So many steps lie ahead."""
        self._tell(done=0, total=total)

    def busy(self, step_id: str) -> None:  # noqa: ARG002 - the port's shape
        """A step is being rendered."""
        self._cancel.check()

    def done(self, step_id: str) -> None:  # noqa: ARG002 - the port's shape
        """A step is there."""
        self._tell(more=1)

    def missing(self, plugins: Sequence[Problem]) -> None:
        """Plugins are not here: the error at the end says so."""

    def _tell(
        self,
        stage: str | None = None,
        done: int | None = None,
        total: int | None = None,
        more: int = 0,
    ) -> None:
        with self._lock:
            self._stage = self._stage if stage is None else stage
            self._done = (self._done if done is None else done) + more
            self._total = self._total if total is None else total
            self._ask()
        self._cancel.check()

    def _ask(self) -> None:
        if self._progress is None:
            return
        try:
            if self._progress(self._stage, self._done, self._total) is False:
                self._cancel.set()
        except BaseException as error:  # KeyboardInterrupt too: it stops the render, not a thread
            self.error = error
            self._cancel.set()


@contextmanager
def listening(
    progress: Progress | None, cancel: Cancel | None
) -> Iterator[tuple[Reporting, Cancel]]:
    """What a render reports to and is stopped by; StoppedError has what `progress` raised as cause.

    A KeyboardInterrupt that it raised goes on as one. Raises InputError for what is neither.
    """
    with checking() as given:
        given.function("progress", progress, "a function of (stage, steps done, steps in all)")
        if cancel is not None:
            given.kind("cancel", cancel, Cancel, "a Cancel, or None")
    flag = Cancel() if cancel is None else cancel
    events = Reporting(progress, flag)
    try:
        flag.check()
        yield events, flag
    except StoppedError as stopped:
        if isinstance(events.error, Exception):
            raise stopped from events.error
        if events.error is not None:
            raise events.error from None
        raise
