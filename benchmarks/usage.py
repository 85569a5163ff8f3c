"""Clocks and memory: what every benchmark measures with."""

from __future__ import annotations

import resource
import statistics
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

Told = dict[str, Any]
"""What a piece of work says of itself: `wall_s`, `cpu_s`, and whatever else it knows."""


@dataclass(frozen=True)
class Usage:
    """Wall and CPU seconds, with those of all children, at work or ended."""

    wall_s: float
    cpu_s: float

    @staticmethod
    def now() -> Usage:
        """Read the clocks."""
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        cpu_s = sum(each.ru_utime + each.ru_stime for each in used)
        return Usage(time.perf_counter(), cpu_s + _at_work_s())

    def since(self, start: Usage) -> Usage:
        """The difference of two readings."""
        return Usage(self.wall_s - start.wall_s, self.cpu_s - start.cpu_s)

    def plus(self, other: Usage) -> Usage:
        """Both together."""
        return Usage(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s)


def _at_work_s() -> float:
    """The CPU seconds so far of the children, and theirs, that have not ended.

    What children of theirs took that ended is in the times of who waited for them.
    """
    try:
        import psutil
    except ImportError:  # the peers' own environment, where nothing begins children
        return 0.0
    used = 0.0
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            times = child.cpu_times()
            used += times.user + times.system
            used += getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return used


class Clock:
    """Started when the imports are done, so that start-up stays out of what is told."""

    def __init__(self) -> None:
        self._start = Usage.now()

    def told(self, **more: object) -> Told:
        """What was used since the start, and `more`."""
        used = Usage.now().since(self._start)
        return {"wall_s": used.wall_s, "cpu_s": used.cpu_s, **more}


class Rounds:
    """The same measurements several times over, by name; a round has each of them once.

    A ratio is taken within each round, where both sides met the same load; then the median.
    """

    def __init__(self) -> None:
        self._found: dict[str, list[Usage]] = {}

    def note(self, name: str, used: Usage) -> None:
        """Take one measurement of the round that runs."""
        self._found.setdefault(name, []).append(used)

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def median(self, name: str) -> Usage:
        """Median wall and median CPU, each for itself."""
        found = self._found[name]
        walls, cpus = [each.wall_s for each in found], [each.cpu_s for each in found]
        return Usage(statistics.median(walls), statistics.median(cpus))

    def spread_s(self, name: str) -> float:
        """Largest minus smallest CPU seconds."""
        cpus = [each.cpu_s for each in self._found[name]]
        return max(cpus) - min(cpus)

    def ratio(self, name: str, other: str) -> float:
        """The median of each round's CPU over that of `other`."""
        pairs = zip(self._found[name], self._found[other], strict=True)
        return statistics.median(one.cpu_s / two.cpu_s for one, two in pairs)


class Memory:
    """Samples the resident memory of a process and all its children, from outside.

    Sampling costs CPU, so what is timed is never sampled. Pages that several processes share count
    once in each: the figure is an upper bound.
    """

    def __init__(self, process_id: int) -> None:
        self.peak_bytes = 0
        self._process_id = process_id
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        import psutil  # noqa: F401 - where there is none, it is told here and not in the thread

        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        import psutil  # the peers' own environment has none, and needs none

        try:
            top = psutil.Process(self._process_id)
        except psutil.NoSuchProcess:
            return
        while not self._over.wait(0.05):
            self.peak_bytes = max(self.peak_bytes, _resident_bytes(top))


def _resident_bytes(top: Any) -> int:
    import psutil

    total = 0
    try:
        for process in [top, *top.children(recursive=True)]:
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        return total
    return total
