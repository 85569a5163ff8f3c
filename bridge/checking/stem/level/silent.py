"""`silent`: nothing sounds from the first sample to the last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from bridge.checking.quick.of_stem import SOUNDS, silent


class Silent:
    """A stem whose every sample is under -80 dBFS."""

    codes: ClassVar[tuple[str, ...]] = ("silent",)
    quick: ClassVar[bool] = True

    def __init__(self, facts: StemFacts) -> None:
        self._frames = facts.frames
        self._peak = 0.0

    def hear(self, passage: Passage) -> None:
        """Keep the highest sample."""
        if self._peak < SOUNDS and not passage.is_silent:
            self._peak = max(self._peak, float(passage.magnitudes.max()))

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        yield from silent(self._peak, self._frames)
