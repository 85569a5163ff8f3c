"""What a render tells while it works, and how it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

from stemwright.problems import Problem, StoppedError


class Events(Protocol):
    """Listens to a render; calls come from several threads."""

    def stage(self, name: str) -> None:
        """A stage begins: reading, lanes, sum, finish, writing."""

    def steps(self, total: int) -> None:
        """So many steps lie ahead."""

    def busy(self, step_id: str) -> None:
        """A step is being rendered."""

    def done(self, step_id: str) -> None:
        """A step is there, from the store or freshly rendered."""

    def missing(self, plugins: Sequence[Problem]) -> None:
        """These plugins are not here; the lanes that need none of them are rendered meanwhile."""


class Silent:
    """Listens to nothing."""

    def stage(self, name: str) -> None:
        """Ignore it."""

    def steps(self, total: int) -> None:
        """Ignore it."""

    def busy(self, step_id: str) -> None:
        """Ignore it."""

    def done(self, step_id: str) -> None:
        """Ignore it."""

    def missing(self, plugins: Sequence[Problem]) -> None:
        """Ignore it."""


class Cancel:
    """A flag every block loop looks at."""

    def __init__(self) -> None:
        self._flag = threading.Event()

    def set(self) -> None:
        """Ask all threads to stop at their next block."""
        self._flag.set()

    def check(self) -> None:
        """Raise StoppedError once set."""
        if self._flag.is_set():
            raise StoppedError(
                Problem("stopped", "stopped; finished steps stay in the store for the next run")
            )
