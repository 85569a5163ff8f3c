"""Progress on a terminal, on stderr; nothing where stderr is not one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bridge.cli.printing import printable
from bridge.cli.telling import aside
from stemwright.problems import Problem

_MEANWHILE = "rendering the other lanes into the store meanwhile; stop with Ctrl-C"


class ProgressBar:
    """Shows the stage, the steps being rendered, and how many are done.

    Implements bridge.gathering.render_events.Events.
    """

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.fields[stage]:<8}", markup=False),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", stage="reading", total=None)
        self._busy: list[str] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def stage(self, name: str) -> None:
        """A stage begins."""
        self._bar.update(self._task, stage=printable(name))

    def steps(self, total: int) -> None:
        """So many steps lie ahead."""
        self._bar.update(self._task, total=total, completed=0)

    def busy(self, step_id: str) -> None:
        """A step is being rendered."""
        with self._lock:
            self._busy.append(step_id)
            self._bar.update(self._task, description=printable(", ".join(self._busy)))

    def done(self, step_id: str) -> None:
        """A step is there."""
        with self._lock:
            if step_id in self._busy:
                self._busy.remove(step_id)
            self._bar.update(self._task, description=printable(", ".join(self._busy)))
            self._bar.advance(self._task)

    def missing(self, plugins: Sequence[Problem]) -> None:
        """Plugins are not here: tell it at once, and what is done in spite of it."""
        aside(plugins, _MEANWHILE)
