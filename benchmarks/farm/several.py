"""Songs side by side on one machine, beside one after another."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.farm.songs import stemwright
from benchmarks.usage import Usage
from stemwright.values import dataclass


@dataclass(frozen=True)
class Cost:
    """Wall and CPU seconds, and the most that all processes together held."""

    wall_s: float
    cpu_s: float
    peak_mb: float


class _Peak:
    """The most memory (PSS, so that shared pages count once) of a process and its children."""

    def __init__(self) -> None:
        self.bytes, self._over = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._over.wait(0.2):
            total = 0
            for child in me.children(recursive=True):
                with suppress(psutil.Error):
                    total += child.memory_full_info().pss
            self.bytes = max(self.bytes, total)


def one_after_another(jobs: Sequence[Path], store: Path, more: Sequence[object]) -> Cost:
    """Each job by its own command, with both cores."""
    return _cost([stemwright("render", job, "--store", store, "-j", 2, *more) for job in jobs])


def side_by_side(jobs: Sequence[Path], store: Path, more: Sequence[object]) -> Cost:
    """All of them by one command, two at once."""
    return _cost([stemwright("render", *jobs, "--store", store, "-j", 2, *more)])


def cleared(jobs: Sequence[Path], store: Path) -> None:
    """As if nothing had been rendered."""
    for folder in (store, *(job / "draft" for job in jobs)):
        shutil.rmtree(folder, ignore_errors=True)


def _cost(commands: Sequence[Sequence[str]]) -> Cost:
    with _Peak() as peak:
        began, began_s = Usage.now(), time.monotonic()
        for words in commands:
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wall_s = time.monotonic() - began_s
        cpu_s = Usage.now().since(began).cpu_s
    return Cost(wall_s, cpu_s, peak.bytes / 1e6)
