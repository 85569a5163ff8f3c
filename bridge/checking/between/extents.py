"""`length` and `start`: stems that do not reach from the song's start to its end as most do."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import ClassVar

import numpy as np

from bridge.audio import SOUNDS_POWER
from bridge.checking.between.port import Song, span_s
from bridge.checking.excerpts import loudness_by_row
from bridge.checking.findings import Shared
from bridge.checking.hearing import Heard
from bridge.checking.quick.between import extents
from bridge.checking.quick.known import Span
from bridge.checking.sketch import STEP_S


class Extents:
    """Each stem whose end is not where most stems end, and each that seems cut at its start."""

    codes: ClassVar[tuple[str, ...]] = ("length", "start")
    quick: ClassVar[bool] = True

    def find(self, song: Song) -> Iterator[Shared]:
        """Up to two a stem."""
        yield from extents([_span(each) for each in song.stems])


def _span(stem: Heard) -> Span:
    sounding = np.flatnonzero(loudness_by_row(stem) >= SOUNDS_POWER).tolist()
    first_s = sounding[0] * STEP_S if sounding else inf
    last_s = (sounding[-1] + 1) * STEP_S if sounding else -inf
    facts = stem.audio.facts
    moved = bool(stem.audio.position)
    return Span(facts.id, facts.sample_rate_hz, *span_s(stem), first_s, last_s, moved)
