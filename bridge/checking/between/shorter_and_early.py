"""`offset` without a rough mix: a stem that was exported from its first sound on, not the song's.

Its notes fall on those of the others where it ends with them, not where it begins with them: it
lacks as much at its start as it is shorter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.checking.between.port import Song, span_s
from bridge.checking.excerpts import rows_in_song
from bridge.checking.findings import Shared
from bridge.checking.hearing import Heard
from bridge.checking.quick.between import usual_end_s
from bridge.checking.sketch import STEP_S

_LEAST_S = 0.5
_NEAR_ROWS = 2
_AROUND_ROWS = 300
"""Rows before and behind both places that are tried: what is by chance is seen there."""
_WIDTH_ROWS = 3, 5
"""Over how many rows a note's start counts, of the stem and of the others."""
_CLEAR, _CLEARER = 3.5, 2.5
"""How far above what is by chance the right place stands, and above the other one, in deviations
as of a normal distribution; stems that were cut at their end reach 3.2 and 2.3."""
_BEST = 0.85
"""Of the best place of all that were tried."""

_ON_THE_GRID = 1.5
_STEPS = 1, 2, 3, 4
"""The others' own likeness from which on some times as much is a beat or a bar of theirs."""

_Row = npt.NDArray[np.float64]


class ShorterAndEarly:
    """Each stem that is in time with the others once it ends with them."""

    codes: ClassVar[tuple[str, ...]] = ("offset",)
    quick: ClassVar[bool] = False

    def find(self, song: Song) -> Iterator[Shared]:
        """One a stem."""
        if len(song.stems) < 2:
            return
        usual_s = usual_end_s([span_s(each)[1] for each in song.stems])
        short = [each for each in song.stems if _is_short(each, usual_s)]
        if not short:
            return
        notes = {each.audio.facts.id: _notes(each) for each in song.stems}
        for stem in short:
            name, (start_s, end_s) = stem.audio.facts.id, span_s(stem)
            early_s = usual_s - end_s
            others = [each for other, each in notes.items() if other != name]
            if _fits_later(notes[name], _added(others), round(early_s / STEP_S)):
                words = f"it is {early_s:.2f} s early: its notes fall on the others' so much later"
                value_ms = -1000.0 * early_s
                yield Shared("offset", "major", (name,), start_s, end_s, value_ms, words)


def _is_short(stem: Heard, usual_s: float) -> bool:
    return not stem.audio.position and usual_s - span_s(stem)[1] >= _LEAST_S


def _notes(stem: Heard) -> _Row:
    """How much begins in each row, all bands together."""
    level = np.sqrt(rows_in_song(stem).astype(np.float64))
    rise = np.maximum(np.diff(level, axis=0, prepend=level[:1]), 0.0).sum(axis=1)
    size = float(np.sqrt(np.square(rise).sum()))
    return np.asarray(rise / size) if size else rise


def _added(notes: list[_Row]) -> _Row:
    rows = max(len(each) for each in notes)
    return np.asarray(sum(np.pad(each, (0, rows - len(each))) for each in notes))


def _fits_later(own: _Row, others: _Row, late: int) -> bool:
    """Whether what begins in a stem does so with the others `late` rows later, and not now.

    Not where that is a step of the song's own: a clap on two and four lies beside the kick in
    its place, and on it one beat later.
    """
    mine, theirs = (
        np.convolve(each, np.ones(width) / width, "same")
        for each, width in zip((own, others), _WIDTH_ROWS, strict=True)
    )
    now, later, best = _standing(mine, theirs, late)
    if later < max(_CLEAR, now + _CLEARER, _BEST * best):
        return False
    again = (_standing(theirs, theirs, times * late)[1] for times in _STEPS)
    return all(each < _ON_THE_GRID for each in again)


def _standing(one: _Row, other: _Row, late: int) -> tuple[float, float, float]:
    """How far above what is by chance two are alike now, `late` rows later, and at best."""
    size = fft.next_fast_len(len(one) + len(other) + late + 2 * _AROUND_ROWS, real=True)
    alike = fft.irfft(np.conj(fft.rfft(one, size)) * fft.rfft(other, size), size)
    around = np.arange(-_AROUND_ROWS, _AROUND_ROWS + 1)
    tried = alike[np.unique(np.concatenate([around, late + around]))]
    middle = float(np.median(tried))
    spread = 1.4826 * float(np.median(np.abs(tried - middle)))
    if not spread:
        return 0.0, 0.0, 0.0
    near = np.arange(-_NEAR_ROWS, _NEAR_ROWS + 1)
    now, later, best = (float(some.max()) for some in (alike[near], alike[late + near], tried))
    return (now - middle) / spread, (later - middle) / spread, (best - middle) / spread
