"""What the checks of a stem's treble have in common: they hear all of it."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.band_edge import WINDOW_FRAMES, BandEdge, Treble, band_edge
from bridge.checking.port import CORE_FRAMES, Passage, StemFacts
from bridge.checking.stem.origin.coded_frames import EXCERPT_FRAMES, Coded, Excerpt, coded
from bridge.checking.stem.origin.images import mirrored
from bridge.checking.stem.origin.noise_ends import noise_ends

RATES_HZ = (16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000)
_LOWER = 0.95
"""Of the file's own rate: 44.1 of 48 kHz is lower."""
_MIRRORED = 4.5
"""Clean stems reach 3.2, clicks on a grid that the lower rate has as well 3.9."""
_EXCERPTS = 72
_FEWEST, _MOST = 2, 24
"""Of a passage, as short as the stem is."""
_FULLEST, _EMPTIEST = 0.1, 0.8
"""Which of its sounding windows they are, by their treble: in those with most of it notes are
struck, and for that an encoder takes shorter frames."""
_SOUNDING = 1e-4
_CODED = 4.0
"""Clean stems reach 3.2, and but for one that is made in blocks of 256 frames 1.2."""
_CODED_AT_AN_EDGE = 2.0
_BITS = {"PCM_U8": 8, "PCM_S8": 8, "PCM_16": 16}
_MOST_BITS = 24


class WholeTreble:
    """Keeps the treble of a stem, whose passages hold it for all that ask, and a few excerpts."""

    def __init__(self, facts: StemFacts) -> None:
        self._facts = facts
        self._powers: list[Block] = []
        self._flatness_db: list[npt.NDArray[np.float32]] = []
        self._found: list[tuple[float, Excerpt]] = []
        count = round(_EXCERPTS * CORE_FRAMES / max(facts.frames, CORE_FRAMES))
        count = min(_MOST, max(_FEWEST, count))
        middles = (np.arange(count) + 0.5) / count
        self._ranks = _FULLEST + (_EMPTIEST - _FULLEST) * middles

    def hear(self, passage: Passage) -> None:
        """Keep the treble's powers, and the fullest excerpts so far."""
        if passage.is_silent:
            return
        self._powers.append(passage.treble.powers)
        self._flatness_db.append(passage.treble.flatness_db)
        treble = passage.treble.powers.sum(axis=1)
        sounding = np.count_nonzero(treble > _SOUNDING * treble.max(initial=0.0))
        fullest = np.argsort(-treble, kind="stable")[:sounding]
        ranks = (sounding * self._ranks).astype(int)
        for window in sorted({int(fullest[rank]) for rank in ranks if sounding}):
            excerpt = _excerpt(passage, window * WINDOW_FRAMES)
            if len(excerpt.samples) == EXCERPT_FRAMES:
                self._found.append((float(treble[window]), excerpt))
        self._found.sort(key=lambda each: (-each[0], each[1].first))
        del self._found[_EXCERPTS:]

    @property
    def _excerpts(self) -> list[Excerpt]:
        return [each for _, each in self._found]

    @property
    def _bits(self) -> int:
        return _BITS.get(self._facts.subtype, _MOST_BITS)

    def edge(self) -> BandEdge | None:
        """Where the treble ends, None where nothing shows it."""
        return band_edge(self._powers, self._facts.sample_rate_hz)

    def noise_ends_at(self, hz: float) -> bool:
        """Whether there is noise that ends there, as `noise_ends` has it."""
        joined = Treble(np.concatenate(self._powers), np.concatenate(self._flatness_db))
        return noise_ends(joined, self._facts.sample_rate_hz, hz)

    @cached_property
    def _coded(self) -> Coded:
        return coded(self._excerpts, self._facts.sample_rate_hz, self._bits)

    def codec(self, *, at_an_edge: bool = False) -> str | None:
        """The lossy codec whose frames it is made of, None where there are none.

        Less is needed where the treble ends at once as well.
        """
        least = _CODED_AT_AN_EDGE if at_an_edge else _CODED
        return self._coded.codec if self._coded.deviations > least else None

    def mirrored_at_hz(self) -> int | None:
        """The lower sample rate whose images a shallow resampler left; None where there are none.

        The one they show best: some are mirrored around half of twice or half that rate, too.
        """
        own_hz = self._facts.sample_rate_hz
        rates = lower_rates_hz(own_hz)
        found = [mirrored(self._excerpts, own_hz, each, self._bits) for each in rates]
        best = int(np.argmax(found)) if found else 0
        return rates[best] if found and found[best] > _MIRRORED else None


def lower_rates_hz(sample_rate_hz: int) -> tuple[int, ...]:
    """The usual rates at which a file of this one may have been made before."""
    return tuple(each for each in RATES_HZ if each <= _LOWER * sample_rate_hz)


def _excerpt(passage: Passage, core_first: int) -> Excerpt:
    first = passage.core_start + core_first
    sides = passage.samples[:, first : first + EXCERPT_FRAMES]
    loudest = int(np.argmax(np.square(sides).sum(axis=1)))
    return Excerpt(passage.first + first, sides[loudest].copy())
