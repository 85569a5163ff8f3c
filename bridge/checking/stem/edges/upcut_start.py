"""`upcut_start`: the file begins within a sound, whose beginning is missing.

A hit that begins with the file rises from nothing; what was cut is as loud in its first
millisecond as in the next ones, and its first sample is anywhere. Hum and noise have no beginning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.audio import NEXT_S, START_S, Block, FloorMeter, edge_levels, edge_rms
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from bridge.checking.quick.of_stem import upcut_start


class UpcutStart:
    """The first 33 ms."""

    codes: ClassVar[tuple[str, ...]] = ("upcut_start",)
    quick: ClassVar[bool] = True

    def __init__(self, facts: StemFacts) -> None:
        self._rate_hz = facts.sample_rate_hz
        self._floor = FloorMeter(facts.channels, facts.sample_rate_hz)
        self._start: Block | None = None

    def hear(self, passage: Passage) -> None:
        """Keep the beginning."""
        self._floor.add(passage.core)
        if self._start is None:
            self._start = passage.core[:, : round((START_S + NEXT_S) * self._rate_hz)].copy()

    def findings(self) -> Iterator[Found]:
        """One at the first frame."""
        if self._start is None:
            return
        first = round(START_S * self._rate_hz)
        level = edge_rms(self._start[:, :first], self._start)
        after = edge_rms(self._start[:, first:], self._start)
        jump = float(edge_levels(self._start[:, :1], self._start).max())
        yield from upcut_start(level, after, jump, self._floor.result(), self._rate_hz)
