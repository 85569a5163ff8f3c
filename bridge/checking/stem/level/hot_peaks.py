"""`hot_peaks`: samples above -3 dBFS, which leave no room for what is done to a stem."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from stemwright.decibels import amplitude_db, linear

_HOT_DB = -3.0


class HotPeaks:
    """Where the loudest sample is, and how loud, if above -3 dBFS."""

    codes: ClassVar[tuple[str, ...]] = ("hot_peaks",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        del facts
        self._hot = linear(_HOT_DB)
        self._peak, self._at, self._over = 0.0, 0, 0

    def hear(self, passage: Passage) -> None:
        """Count the frames above, and keep the highest."""
        core = passage.magnitudes[:, passage.core_start : passage.core_stop]
        top = core.max(axis=0)
        over = int(np.count_nonzero(top > self._hot))
        self._over += over
        if over and float(top.max()) > self._peak:
            self._peak = float(top.max())
            self._at = passage.first + passage.core_start + int(top.argmax())

    def findings(self) -> Iterator[Found]:
        """One, at the highest sample."""
        if self._over:
            peak_db = amplitude_db(self._peak)
            words = f"peaks at {peak_db:.1f} dBFS, {self._over} samples above {_HOT_DB:g}"
            yield Found("hot_peaks", "info", self._at, self._at + 1, peak_db, words)
