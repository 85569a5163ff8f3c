"""`silent`: nothing sounds from the first sample to the last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from stemwright.decibels import amplitude_db

_SOUNDS = 10 ** (-80 / 20)
"""Dither of 16 bits peaks at -84 dBFS."""


class Silent:
    """A stem whose every sample is under -80 dBFS."""

    codes: ClassVar[tuple[str, ...]] = ("silent",)
    quick: ClassVar[bool] = True

    def __init__(self, facts: StemFacts) -> None:
        self._frames = facts.frames
        self._peak = 0.0

    def hear(self, passage: Passage) -> None:
        """Keep the highest sample."""
        if self._peak < _SOUNDS and not passage.is_silent:
            self._peak = max(self._peak, float(passage.magnitudes.max()))

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        if self._peak < _SOUNDS:
            peak_db = amplitude_db(self._peak)
            words = "not one sample" if not self._peak else f"peaks at {peak_db:.0f} dBFS"
            yield Found("silent", "major", 0, self._frames, peak_db, f"nothing sounds: {words}")
