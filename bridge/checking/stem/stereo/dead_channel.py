"""`dead_channel`: one side sounds, the other does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from stemwright.decibels import amplitude_db

_SILENT = 10 ** (-78 / 20)
_UNDER = 10 ** (-66 / 20)
"""Of the other side: crosstalk of a converter is no sound either."""
_NOISE = 10 ** (-70 / 20)
_UNDER_WITH_NOISE = 10 ** (-46 / 20)
"""A converter's noise of -90 dBFS has peaks of -76."""
_SIDES = ("left", "right")


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
        if len(self._peaks) != 2 or float(self._peaks.max()) < _SILENT:
            return
        dead = int(self._peaks.argmin())
        peak, other = float(self._peaks[dead]), float(self._peaks.max())
        is_noise = peak < min(_NOISE, _UNDER_WITH_NOISE * other)
        if is_noise or peak < max(_SILENT, _UNDER * other):
            words = f"nothing sounds on its {_SIDES[dead]} side"
            yield Found("dead_channel", "major", 0, self._frames, amplitude_db(peak), words)
