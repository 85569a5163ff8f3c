"""What the checks of a stem's treble have in common: they hear all of it."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.checking.band_edge import WINDOW_FRAMES, BandEdge, band_edge
from bridge.checking.port import Passage, StemFacts
from bridge.checking.stem.origin.images import mirrored
from bridge.checking.stem.origin.mdct_frames import EXCERPT_FRAMES, Excerpt

RATES_HZ = (16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000)
_LOWER = 0.95
"""Of the file's own rate: 44.1 of 48 kHz is lower."""
_MIRRORED = 0.5
"""Clean stems reach 0.3."""
_EXCERPTS = 8
_RANKS = (0.25, 0.5)
"""Which of a passage's sounding windows are looked at closely, by their treble: in those with
most of it notes are struck, and for that an encoder takes shorter frames."""
_SOUNDING = 1e-4


class WholeTreble:
    """Keeps the treble of a stem, whose passages hold it for all that ask, and a few excerpts."""

    def __init__(self, facts: StemFacts) -> None:
        self._facts = facts
        self._powers: list[Block] = []
        self._found: list[tuple[float, Excerpt]] = []

    def hear(self, passage: Passage) -> None:
        """Keep the treble's powers, and the fullest excerpts so far."""
        if passage.is_silent:
            return
        self._powers.append(passage.treble)
        treble = passage.treble.sum(axis=1)
        sounding = np.count_nonzero(treble > _SOUNDING * treble.max(initial=0.0))
        fullest = np.argsort(-treble, kind="stable")[:sounding]
        for window in {int(fullest[int(rank * sounding)]) for rank in _RANKS if sounding}:
            excerpt = _excerpt(passage, window * WINDOW_FRAMES)
            self._found.append((float(treble[window]), excerpt))
        self._found.sort(key=lambda each: (-each[0], each[1].first))
        del self._found[_EXCERPTS:]

    @property
    def excerpts(self) -> list[Excerpt]:
        """Some moments of it."""
        return [each for _, each in self._found]

    def edge(self) -> BandEdge | None:
        """Where the treble ends, None where nothing shows it."""
        return band_edge(self._powers, self._facts.sample_rate_hz)

    def mirrored_at_hz(self) -> int | None:
        """The lower sample rate whose images a shallow resampler left; None where there are none.

        The lowest: what interpolates between two samples leaves those of twice the rate as well.
        """
        own_hz = self._facts.sample_rate_hz
        those = (
            each
            for each in lower_rates_hz(own_hz)
            if mirrored(self.excerpts, own_hz, each) > _MIRRORED
        )
        return next(those, None)


def lower_rates_hz(sample_rate_hz: int) -> tuple[int, ...]:
    """The usual rates at which a file of this one may have been made before."""
    return tuple(each for each in RATES_HZ if each <= _LOWER * sample_rate_hz)


def _excerpt(passage: Passage, core_first: int) -> Excerpt:
    first = passage.core_start + core_first
    sides = passage.samples[:, first : first + EXCERPT_FRAMES]
    loudest = int(np.argmax(np.square(sides).sum(axis=1)))
    return Excerpt(passage.first + first, sides[loudest].copy())
