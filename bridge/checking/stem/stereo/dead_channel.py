"""`dead_channel`: one side sounds, the other does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from bridge.checking.quick.of_stem import dead_channel


class DeadChannel:
    """The peak of each side."""

    codes: ClassVar[tuple[str, ...]] = ("dead_channel",)
    quick: ClassVar[bool] = True

    def __init__(self, facts: StemFacts) -> None:
        self._frames = facts.frames
        self._peaks = np.zeros(facts.channels)

    def hear(self, passage: Passage) -> None:
        """Keep the highest sample of each side."""
        if len(self._peaks) == 2 and not passage.is_silent:
            self._peaks = np.maximum(self._peaks, passage.magnitudes.max(axis=1))

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        yield from dead_channel(self._peaks.tolist(), self._frames)
