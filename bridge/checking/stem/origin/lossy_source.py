"""`lossy_source`: the treble ends where MP3, AAC, Opus and Vorbis let it end, or AAC's frames show.

Where there is no treble, and where another codec was given bits for all of it, nothing is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.checking.band_edge import WINDOW_FRAMES, BandEdge
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from bridge.checking.stem.origin.lasting_edge import lasting_edge_hz
from bridge.checking.stem.origin.mdct_frames import EXCERPT_FRAMES, Excerpt, framed
from bridge.checking.stem.origin.upsampled import made_at_hz
from bridge.checking.stem.origin.whole_treble import WholeTreble

_LOWEST_HZ = 12500.0
_HIGHEST_HZ = 20830.0
"""Above it, half of 44.1 kHz and the filters of converters are near."""
_LEAST_FALL_DB = 22.0
_LEAST_STEEPER_DB = 11.0
_LEAST_SHARE = 0.3
_EXCERPTS = 8
_RANKS = (0.25, 0.5)
"""Which of a passage's sounding windows are looked at for frames, by their treble: in those with
most of it notes are struck, and for that an encoder takes shorter frames."""
_SOUNDING = 1e-4
_LEAST_FRAMED = 7.0


class LossySource(WholeTreble):
    """The edge of the whole stem's treble, and the frames in a few moments of it."""

    codes: ClassVar[tuple[str, ...]] = ("lossy_source",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        super().__init__(facts)
        self._excerpts: list[tuple[float, Excerpt]] = []

    def hear(self, passage: Passage) -> None:
        """Keep the treble's powers, and the fullest excerpts so far."""
        super().hear(passage)
        if passage.is_silent:
            return
        treble = passage.treble.sum(axis=1)
        sounding = np.count_nonzero(treble > _SOUNDING * treble.max(initial=0.0))
        fullest = np.argsort(-treble, kind="stable")[:sounding]
        for window in {int(fullest[int(rank * sounding)]) for rank in _RANKS if sounding}:
            excerpt = _excerpt(passage, window * WINDOW_FRAMES)
            self._excerpts.append((float(treble[window]), excerpt))
        self._excerpts.sort(key=lambda each: (-each[0], each[1].first))
        del self._excerpts[_EXCERPTS:]

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        hz, words = self._edge_hz(), "as out of a lossy codec"
        if hz is not None:
            told = f"it ends at {hz / 1000:.1f} kHz, {words}"
        elif framed([each for _, each in self._excerpts]) >= _LEAST_FRAMED:
            hz, told = self._facts.sample_rate_hz / 2, f"it is made of the frames of AAC, {words}"
        else:
            return
        yield Found("lossy_source", "major", 0, self._facts.frames, hz, told)

    def _edge_hz(self) -> float | None:
        rate_hz = self._facts.sample_rate_hz
        edge = self.edge()
        if edge is not None:
            if made_at_hz(edge, rate_hz) is not None:
                return None
            if _is_codecs(edge):
                return edge.hz
        return lasting_edge_hz(self._powers, rate_hz, _LOWEST_HZ, _HIGHEST_HZ)


def _is_codecs(edge: BandEdge) -> bool:
    return (
        _LOWEST_HZ <= edge.hz <= _HIGHEST_HZ
        and edge.share >= _LEAST_SHARE
        and edge.fall_db >= _LEAST_FALL_DB
        and edge.steeper_db >= _LEAST_STEEPER_DB
    )


def _excerpt(passage: Passage, core_first: int) -> Excerpt:
    first = passage.core_start + core_first
    sides = passage.samples[:, first : first + EXCERPT_FRAMES]
    loudest = int(np.argmax(np.square(sides).sum(axis=1)))
    return Excerpt(passage.first + first, sides[loudest].copy())
