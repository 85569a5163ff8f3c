"""What no cut frees: where a lead stays hidden, and by what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bridge.advising.unmasking.auditory_bands import CENTRES_HZ, Powers, through_ear
from bridge.advising.unmasking.cuts import HiddenBand
from bridge.advising.unmasking.hearing import Frames
from bridge.advising.unmasking.loudness_levels import phon_between
from bridge.advising.unmasking.scene import REGIONS

_LEAST_SHARE = 0.1
"""Of all its loudness that a lead has in a band whose loss is worth a word."""
_LEAST_HIDDEN_PHON = 20.0
"""A quarter as loud as alone."""


def still_hidden(
    names: Sequence[str],
    leads: frozenset[str],
    powers: Sequence[Frames],
    heard: Powers,
    alone: Powers,
) -> Iterator[HiddenBand]:
    """For each lead the band of which most is lost, if no more than a quarter is left of it.

    `heard` and `alone` are (groups, bands) of sone, beside the others and alone.
    """
    inside = REGIONS.astype(np.float64)
    played = np.array([each.sum(axis=(0, 1), dtype=np.float64) for each in powers])
    played = (played * through_ear()) @ inside.T
    for number, name in enumerate(names):
        own, left = alone[number] @ inside.T, heard[number] @ inside.T
        band = int((own - left).argmax())
        hidden_phon = phon_between(left[band], own[band])
        much = own[band] >= _LEAST_SHARE * alone[number].sum()
        if name in leads and much and hidden_phon >= _LEAST_HIDDEN_PHON:
            others = [each for each in range(len(names)) if each != number]
            loudest = max(others, key=lambda each: played[each][band])
            yield HiddenBand(
                name, names[loudest], float(f"{CENTRES_HZ[band]:.3g}"), round(hidden_phon, 1)
            )
