"""What no cut frees: where a group stays hidden, and by what."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bridge.advising.unmasking.auditory_bands import CENTRES_HZ, Powers
from bridge.advising.unmasking.choosing import (
    APART,
    LEAST_HIDDEN_PHON,
    LEAST_LEAD_PHON,
    every_frames,
)
from bridge.advising.unmasking.cuts import Cut, HiddenBand
from bridge.advising.unmasking.hearing import Frames
from bridge.advising.unmasking.loudness_levels import phon_of
from bridge.advising.unmasking.scene import REGIONS, hiders

_LEAST_SHARE = 0.05
"""Of all its loudness that a group has in a band whose loss is worth a word: a mean band's."""
_LEAST_BESIDE_CUTS_PHON = 20.0
"""A quarter as loud as alone: where a cut frees a band already, only that is worth a word."""
_MOST_OF_A_LEAD, _MOST = 2, 1


def still_hidden(
    names: Sequence[str],
    leads: frozenset[str],
    cuts: Sequence[Cut],
    powers: Sequence[Frames],
    factor: float,
    heard: Powers,
    alone: Powers,
) -> tuple[HiddenBand, ...]:
    """For each group the band in which most is lost of it, and one more of a lead.

    `powers`, `heard` and `alone` are with the cuts in; the last two are (groups, bands) of sone,
    beside the others and alone. Each band is hidden by as much as a cut is worth it.
    """
    inside = REGIONS.astype(np.float64)
    own, left = alone @ inside.T, heard @ inside.T
    hidden_phon = phon_of(own) - phon_of(left)
    places: list[tuple[int, int]] = []
    for number, name in enumerate(names):
        worth = hidden_phon[number] >= (LEAST_LEAD_PHON if name in leads else LEAST_HIDDEN_PHON)
        worth &= (own[number] > 0.0) & (own[number] >= _LEAST_SHARE * alone[number].sum())
        lost = np.where(worth, own[number] - left[number], 0.0)
        freed_hz = [each.hz for each in cuts if each.frees == name]
        peaks = [each for each in _peaks(lost) if _is_news(each, hidden_phon[number], freed_hz)]
        most = _MOST_OF_A_LEAD if name in leads else _MOST
        places += [(number, band) for band in peaks[:most]]
    if not places:
        return ()
    by = hiders(powers, factor, places, every_frames(powers)).argmax(axis=1)
    return tuple(
        HiddenBand(
            names[number],
            names[masker],
            float(f"{CENTRES_HZ[band]:.3g}"),
            round(float(hidden_phon[number, band]), 1),
        )
        for (number, band), masker in zip(places, by, strict=True)
    )


def _peaks(lost: Powers) -> list[int]:
    """Where more is lost than beside it, most first, half an octave apart."""
    sides = np.pad(lost, 1)
    tops = np.flatnonzero((lost > 0.0) & (lost >= sides[:-2]) & (lost >= sides[2:]))
    found: list[int] = []
    for band in sorted(tops.tolist(), key=lambda each: (-lost[each], each)):
        if _is_away(band, [float(CENTRES_HZ[each]) for each in found]):
            found.append(band)
    return found


def _is_news(band: int, hidden_phon: Powers, freed_hz: Sequence[float]) -> bool:
    """Whether no cut frees the group there, or leaves next to nothing of it all the same."""
    return bool(hidden_phon[band] >= _LEAST_BESIDE_CUTS_PHON) or _is_away(band, freed_hz)


def _is_away(band: int, from_hz: Sequence[float]) -> bool:
    """Whether a band is half an octave away from all of them."""
    hz = float(CENTRES_HZ[band])
    return all(max(hz / each, each / hz) >= APART for each in from_hz)
