"""Songs side by side on one machine, beside one after another."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.farm.songs import stemwright
from benchmarks.usage import Memory, Usage
from stemwright.values import dataclass


@dataclass(frozen=True)
class Cost:
    """Wall and CPU seconds, and the most that all processes together held, this one too."""

    wall_s: float
    cpu_s: float
    peak_mb: float


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
    with Memory(os.getpid()) as memory:
        began, began_s = Usage.now(), time.monotonic()
        for words in commands:
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wall_s = time.monotonic() - began_s
        cpu_s = Usage.now().since(began).cpu_s
    return Cost(wall_s, cpu_s, memory.peak_bytes / 1e6)
