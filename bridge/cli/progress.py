"""Progress on a terminal, on stderr; nothing where stderr is not one."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from bridge.cli.printing import printable
from bridge.cli.telling import aside
from stemwright.problems import Problem

if TYPE_CHECKING:
    from rich.progress import Progress

_MEANWHILE = "rendering the other lanes into the store meanwhile; stop with Ctrl-C"


class ProgressBar:
    """Shows the stage, the steps being rendered, and how many are done.

    Implements bridge.gathering.render_events.Events.
    """

    def __init__(self) -> None:
        self._bar = _bar() if _may_be_seen() else None
        self._busy: list[str] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def stage(self, name: str) -> None:
        """A stage begins."""
        self._update(stage=printable(name))

    def steps(self, total: int) -> None:
        """So many steps lie ahead."""
        self._update(total=total, completed=0)

    def busy(self, step_id: str) -> None:
        """A step is being rendered."""
        with self._lock:
            self._busy.append(step_id)
            self._update(description=printable(", ".join(self._busy)))

    def done(self, step_id: str) -> None:
        """A step is there."""
        with self._lock:
            if step_id in self._busy:
                self._busy.remove(step_id)
            self._update(description=printable(", ".join(self._busy)), advance=1)

    def missing(self, plugins: Sequence[Problem]) -> None:
        """Plugins are not here: tell it at once, and what is done in spite of it."""
        aside(plugins, _MEANWHILE)

    def _update(self, **fields: Any) -> None:
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], **fields)


class SongsBar:
    """Shows which songs are at work, and how many are over."""

    def __init__(self, total: int) -> None:
        self._bar = _bar() if _may_be_seen() else None
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], stage="songs", total=total)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def busy(self, songs: Sequence[Path]) -> None:
        """These are being rendered."""
        if self._bar is not None:
            names = printable(", ".join(each.name for each in songs))
            self._bar.update(self._bar.task_ids[0], description=names)

    def over(self) -> None:
        """One of them is over."""
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0])


class CountBar:
    """Shows how many of many alike steps of one stage were made, and a word on them."""

    def __init__(self, stage: str) -> None:
        self._bar = _bar() if _may_be_seen() else None
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], stage=stage)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, made: int, total: int, word: str) -> None:
        """So many of them are made."""
        if self._bar is not None:
            task = self._bar.task_ids[0]
            self._bar.update(task, completed=made, total=total, description=printable(word))


def _may_be_seen() -> bool:
    """Whether rich, which takes a while to load, could say that stderr is a terminal."""
    return sys.stderr.isatty() or bool({"FORCE_COLOR", "TTY_COMPATIBLE"} & {*os.environ})


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.fields[stage]:<8}", markup=False),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    bar.add_task("", stage="reading", total=None)
    return bar
