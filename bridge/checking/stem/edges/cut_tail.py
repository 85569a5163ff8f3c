"""`cut_tail`: the file ends within a sound, whose end is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.audio import Block
from bridge.checking.codes import Severity
from bridge.checking.findings import Found
from bridge.checking.levels import rms
from bridge.checking.port import Passage, StemFacts
from stemwright.decibels import amplitude_db

_LAST_S = 0.02
_END_S = 0.002
_FADED = 0.2
"""The last 2 ms, of the last 20: under it, it was faded out."""
_MINOR, _MAJOR = 10 ** (-66 / 20), 10 ** (-48 / 20)


class CutTail:
    """The last 20 ms."""

    codes: ClassVar[tuple[str, ...]] = ("cut_tail",)
    quick: ClassVar[bool] = True

    def __init__(self, facts: StemFacts) -> None:
        self._frames = facts.frames
        self._last = round(_LAST_S * facts.sample_rate_hz)
        self._end = round(_END_S * facts.sample_rate_hz)
        self._kept: Block = np.zeros((facts.channels, 0))

    def hear(self, passage: Passage) -> None:
        """Keep the end so far."""
        self._kept = passage.samples[:, : passage.core_stop][:, -self._last :].copy()

    def findings(self) -> Iterator[Found]:
        """One over the last frames."""
        level, end = rms(self._kept), rms(self._kept[:, -self._end :])
        if level < _MINOR or end < _FADED * level:
            return
        severity: Severity = "major" if level > _MAJOR else "minor"
        level_db = amplitude_db(level)
        start = max(0, self._frames - self._last)
        words = f"it ends within a sound, at {level_db:.0f} dBFS"
        yield Found("cut_tail", severity, start, self._frames, level_db, words)
