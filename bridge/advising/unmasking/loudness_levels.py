"""Loudness levels: how loud something is, as the level of a 1 kHz tone that is as loud.

ANSI S3.4-2007, section 3: over 1 sone some 10 phon are twice as loud, under it fewer; 0.003 sone
are just heard.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bridge.advising.unmasking.auditory_bands import (
    CENTRES_HZ,
    STEP_CAMS,
    Powers,
    excitations,
    through_ear,
)
from bridge.advising.unmasking.partial_loudness import partial_loudness

_HEARD_PHON, _MOST_PHON = 2.0, 110.0
_TONE_HZ = 1000.0


def phon_of(sone: float | Powers) -> Powers:
    """Loudness levels; what is under the threshold in quiet has the level of the threshold."""
    levels, loudnesses = _tones()
    at = np.log(np.maximum(sone, loudnesses[0]))
    return np.asarray(np.interp(at, np.log(loudnesses), levels))


def phon_between(sone: float, other: float) -> float:
    """How much louder the second is, in phon; what cannot be heard has the level of threshold."""
    return float(phon_of(other) - phon_of(sone))


@cache
def _tones() -> tuple[Powers, Powers]:
    """Levels of tones at both ears in dB SPL, and their sone."""
    levels = np.arange(_HEARD_PHON, _MOST_PHON)
    band = int(np.abs(CENTRES_HZ - _TONE_HZ).argmin())
    powers = np.zeros((1, len(levels), len(CENTRES_HZ)))
    powers[0, :, band] = 10.0 ** (levels / 10.0) * through_ear()[band]
    quiet = excitations(powers).places[0]
    loudnesses = 2.0 * STEP_CAMS * partial_loudness(quiet, np.zeros_like(quiet)).sum(axis=1)
    return levels, np.maximum.accumulate(loudnesses)
