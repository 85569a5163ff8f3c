"""How loud a sound is beside another: specific partial loudness.

Moore, Glasberg and Baer, J. Audio Eng. Soc. 45 (1997), equations 17 to 20, with the constants of
ANSI S3.4-2007; applied to the tracks of a mix as by Ward, Reiss and Athwal, AES convention 133
(2012).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bridge.advising.unmasking.auditory_bands import Powers, noise_factor, threshold
from stemwright.values import dataclass

_C = 0.046871
_GAINS_DB = (-25.0, -20.0, -15.0, -10.0, -5.0, 0.0)
_ALPHAS = (0.26692, 0.25016, 0.23679, 0.22228, 0.21055, 0.2)
_OFFSETS = (9.0, 7.72, 6.77, 5.92, 5.25, 4.72)
_LEAST = 1e-10
_MOST = 1e10
"""Over 100 dB of excitation other equations hold: a level that is not listened at."""


@dataclass(frozen=True)
class _Constants:
    """G, A and alpha of each band, and the loudness at threshold in quiet."""

    gain: Powers
    offset: Powers
    alpha: Powers

    def compressed(self, excitation: Powers) -> Powers:
        return np.asarray((self.gain * excitation + self.offset) ** self.alpha)


@cache
def _constants() -> _Constants:
    quiet = threshold()
    gain = quiet[-1] / quiet
    gain_db = 10.0 * np.log10(gain)
    return _Constants(
        gain, np.interp(gain_db, _GAINS_DB, _OFFSETS), np.interp(gain_db, _GAINS_DB, _ALPHAS)
    )


def partial_loudness(signal: Powers, masker: Powers) -> Powers:
    """Sone an ERB of a signal in a masker, both excitations (..., bands)."""
    known, quiet = _constants(), threshold()
    sounds = signal > _LEAST
    signal, masker = np.clip(signal, _LEAST, _MOST), np.clip(masker, 0.0, _MOST)
    just_heard = noise_factor() * masker + quiet
    together, behind = known.compressed(signal + masker), known.compressed(masker)
    floor = known.offset**known.alpha
    at_quiet = known.compressed(quiet)
    over = known.compressed(masker + just_heard)
    heard = together - floor - (over - at_quiet) * (just_heard / signal) ** 0.3
    slope = (at_quiet - floor) / (over - behind)
    faint = (2.0 * signal / (signal + just_heard)) ** 1.5 * slope * (together - behind)
    found = np.where(signal >= just_heard, heard, faint)
    return np.asarray(np.where(sounds, _C * np.maximum(found, 0.0), 0.0))
