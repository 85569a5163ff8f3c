"""`dead_channel`: one side sounds, the other does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.audio import FloorMeter
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from bridge.checking.quick.of_stem import SOUNDS_SURELY, dead_channel


class DeadChannel:
    """The peak of each side, and how its level moves."""

    codes: ClassVar[tuple[str, ...]] = ("dead_channel",)
    quick: ClassVar[bool] = True

    def __init__(self, facts: StemFacts) -> None:
        self._frames = facts.frames
        self._peaks = np.zeros(facts.channels)
        self._levels = FloorMeter(facts.channels, facts.sample_rate_hz)

    def hear(self, passage: Passage) -> None:
        """Keep the highest sample of each side, and its levels."""
        if len(self._peaks) != 2 or self._peaks.min() > SOUNDS_SURELY:
            return
        self._levels.add(passage.core)
        if not passage.is_silent:
            self._peaks = np.maximum(self._peaks, passage.magnitudes.max(axis=1))

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        yield from dead_channel(self._peaks.tolist(), self._levels.tenths(), self._frames)
