"""Clocks, memory and rows: what every benchmark measures with and prints by."""

from __future__ import annotations

import resource
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from stemwright.problems import Problem


@dataclass(frozen=True)
class Usage:
    """Wall and CPU seconds, children that have ended included."""

    wall_s: float
    cpu_s: float

    @staticmethod
    def now() -> Usage:
        """Read the clocks."""
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return Usage(time.perf_counter(), sum(each.ru_utime + each.ru_stime for each in used))

    def since(self, start: Usage) -> Usage:
        """The difference of two readings."""
        return Usage(self.wall_s - start.wall_s, self.cpu_s - start.cpu_s)

    def plus(self, other: Usage) -> Usage:
        """Both together."""
        return Usage(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s)


class Stages:
    """Splits a render's time by its stages; implements bridge.gathering.Events."""

    def __init__(self) -> None:
        self.found: dict[str, Usage] = {}
        self._name = "reading"
        self._since = Usage.now()

    def stage(self, name: str) -> None:
        """Close the stage before; open this one."""
        now = Usage.now()
        self.found[self._name] = now.since(self._since)
        self._name, self._since = name, now

    def steps(self, total: int) -> None:
        """Of no interest here."""

    def busy(self, step_id: str) -> None:
        """Of no interest here."""

    def done(self, step_id: str) -> None:
        """Of no interest here."""

    def missing(self, plugins: Sequence[Problem]) -> None:
        """Of no interest here."""


class Memory:
    """Samples the resident memory of this process and all its children.

    Pages that several processes share count once in each, so the figure is an upper bound.
    """

    def __init__(self) -> None:
        self.peak_bytes = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._over.wait(0.05):
            total = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.peak_bytes = max(self.peak_bytes, total)


class Printed:
    """Prints rows, each with its CPU as a multiple of `base`."""

    def __init__(self, base: Usage) -> None:
        self._base = base

    def title(self, text: str) -> None:
        """Begin a part."""
        sys.stdout.write(f"\n{text}\n")
        sys.stdout.flush()

    def row(self, name: str, used: Usage) -> None:
        """One measurement."""
        ratio = used.cpu_s / self._base.cpu_s
        sys.stdout.write(
            f"  {name:<38}{used.wall_s:8.2f} s wall {used.cpu_s:8.2f} s CPU {ratio:7.2f} x (a)\n"
        )
        sys.stdout.flush()

    def figure(self, name: str, found: float, unit: str, goal: str = "") -> None:
        """One number beside its goal."""
        said = f"   goal: {goal}" if goal else ""
        sys.stdout.write(f"  {name:<38}{found:8.2f} {unit}{said}\n")
        sys.stdout.flush()

    def left_out(self, name: str, why: str) -> None:
        """A row that could not be measured."""
        sys.stdout.write(f"  {name:<38} left out: {why}\n")
