"""`length` and `start`: stems that do not reach from the song's start to its end as most do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.checking.between.port import Shared, Song, span_s
from bridge.checking.codes import Severity
from bridge.checking.excerpts import loudness_by_row
from bridge.checking.hearing import Heard
from bridge.checking.sketch import STEP_S

_APART_S = 0.05
_SOUNDS = 1e-6
"""Mean square (-60 dBFS) from which on a row sounds."""
_AT_ONCE_S = 0.05
_TRIMMED_S, _LEFT_S = 0.5, 2.0
"""What is cut from a stem's start is longer; so is the silence that is left at its end, which no
gap between two hits is."""


class Extents:
    """Each stem whose end is not where most stems end, and each that seems cut at its start.

    Without an end that at least half of the stems have, the latest is the song's.
    """

    codes: ClassVar[tuple[str, ...]] = ("length", "start")
    quick: ClassVar[bool] = True

    def find(self, song: Song) -> Iterator[Shared]:
        """Up to two a stem; what was made at another rate is not measured by its length."""
        if len(song.stems) < 2:
            return
        usual_s = _usual_s([span_s(each)[1] for each in song.stems])
        for each in song.stems:
            shorter_s = usual_s - span_s(each)[1]
            if abs(shorter_s) < _APART_S:
                continue
            yield _of_another_length(each, shorter_s)
            if shorter_s >= _TRIMMED_S and not each.audio.position:
                yield from _cut_at_start(each, shorter_s)


def _usual_s(ends_s: list[float]) -> float:
    counts = Counter(round(end_s / _APART_S) for end_s in ends_s)
    commonest, count = max(counts.items(), key=lambda each: (each[1], each[0]))
    if 2 * count < len(ends_s):
        return max(ends_s)
    return float(np.median([end_s for end_s in ends_s if round(end_s / _APART_S) == commonest]))


def _of_another_length(stem: Heard, shorter_s: float) -> Shared:
    start_s, end_s = span_s(stem)
    rows = loudness_by_row(stem)
    in_sound = bool(rows[-round(_AT_ONCE_S / STEP_S) - 2 :].max(initial=0.0) >= _SOUNDS)
    severity: Severity = "minor" if shorter_s > 0 and in_sound else "info"
    less = "shorter" if shorter_s > 0 else "longer"
    how = ", and it sounds to its end" if severity == "minor" else ""
    return Shared(
        "length",
        severity,
        (stem.audio.facts.id,),
        start_s,
        end_s,
        -shorter_s,
        f"it is {abs(shorter_s):.2f} s {less} than most{how}",
    )


def _cut_at_start(stem: Heard, shorter_s: float) -> Iterator[Shared]:
    """What sounds from its first frame on and is shorter: was it exported from the song's start?

    Only where silence was left at its end: else it is rather cut there.
    """
    sounding = np.flatnonzero(loudness_by_row(stem) >= _SOUNDS) * STEP_S
    if not len(sounding) or sounding[0] > _AT_ONCE_S:
        return
    if span_s(stem)[1] - float(sounding[-1]) < _LEFT_S:
        return
    words = (
        f"it sounds at once and is {shorter_s:.2f} s shorter: does it begin at the song's start?"
    )
    yield Shared("start", "minor", (stem.audio.facts.id,), 0.0, STEP_S, 0.0, words)
