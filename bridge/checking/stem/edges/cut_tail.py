"""`cut_tail`: the file ends within a sound, whose end is missing; hum and noise have no end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.audio import END_S, LAST_S, Block, FloorMeter, edge_rms
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from bridge.checking.quick.of_stem import cut_tail


class CutTail:
    """The last 20 ms."""

    codes: ClassVar[tuple[str, ...]] = ("cut_tail",)
    quick: ClassVar[bool] = True

    def __init__(self, facts: StemFacts) -> None:
        self._frames, self._rate_hz = facts.frames, facts.sample_rate_hz
        self._last = round(LAST_S * facts.sample_rate_hz)
        self._end = round(END_S * facts.sample_rate_hz)
        self._floor = FloorMeter(facts.channels, facts.sample_rate_hz)
        self._kept: Block = np.zeros((facts.channels, 0))

    def hear(self, passage: Passage) -> None:
        """Keep the end so far."""
        self._floor.add(passage.core)
        self._kept = passage.samples[:, : passage.core_stop][:, -self._last :].copy()

    def findings(self) -> Iterator[Found]:
        """One over the last frames."""
        level = edge_rms(self._kept, self._kept)
        end = edge_rms(self._kept[:, -self._end :], self._kept)
        yield from cut_tail(level, end, self._floor.result(), self._frames, self._rate_hz)
