"""`upcut_start`: the file begins within a sound, whose beginning is missing.

A hit that begins with the file rises from nothing; what was cut is as loud in its first
millisecond as in the next ones, and its first sample is anywhere.
"""

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

_FIRST_S = 0.003
_NEXT_S = 0.03
_JUMP = 0.1
_STEADY = 0.4
"""The first 3 ms, of the next 30."""
_DECAYING = 1.8
"""It dies away from the first sample on: a hit of noise may begin so, cut or not."""
_MINOR, _MAJOR = 10 ** (-60 / 20), 10 ** (-40 / 20)


class UpcutStart:
    """The first 33 ms."""

    codes: ClassVar[tuple[str, ...]] = ("upcut_start",)
    quick: ClassVar[bool] = True

    def __init__(self, facts: StemFacts) -> None:
        self._rate_hz = facts.sample_rate_hz
        self._start: Block | None = None

    def hear(self, passage: Passage) -> None:
        """Keep the beginning."""
        if self._start is None:
            self._start = passage.core[:, : round((_FIRST_S + _NEXT_S) * self._rate_hz)].copy()

    def findings(self) -> Iterator[Found]:
        """One at the first frame."""
        if self._start is None:
            return
        first = round(_FIRST_S * self._rate_hz)
        level = rms(self._start[:, :first])
        after = rms(self._start[:, first:])
        jump = float(np.abs(self._start[:, 0]).max())
        if level < _MINOR or level < _STEADY * after or jump < _JUMP * level:
            return
        severity: Severity = "major" if level > _MAJOR else "minor"
        level_db = amplitude_db(level)
        words = f"it begins within a sound, at {level_db:.0f} dBFS"
        if level > _DECAYING * after:
            severity = "info"
            words += ", unless that is a hit"
        yield Found("upcut_start", severity, 0, first, level_db, words)
