"""`mono_in_stereo`: two sides that hold the same, but for dither at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from stemwright.decibels import amplitude_db

_DITHER = 3.0 * 2.0**-15


class MonoInStereo:
    """The largest difference of the sides."""

    codes: ClassVar[tuple[str, ...]] = ("mono_in_stereo",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._frames = facts.frames
        self._may_be = facts.channels == 2
        self._apart, self._sounds = 0.0, False

    def hear(self, passage: Passage) -> None:
        """Compare the sides, as long as they may be the same."""
        if self._may_be and not passage.is_silent:
            self._sounds = True
            self._apart = max(self._apart, float(np.abs(passage.core[0] - passage.core[1]).max()))
            self._may_be = self._apart <= _DITHER

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        if self._may_be and self._sounds:
            apart_db = amplitude_db(self._apart)
            words = "both sides are the same" + (", but for dither" if self._apart else "")
            yield Found("mono_in_stereo", "info", 0, self._frames, apart_db, words)
