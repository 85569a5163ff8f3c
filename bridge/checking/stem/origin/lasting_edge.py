"""Where the loudest that each band of the treble ever holds ends at once.

A codec's low-pass stays where it is. What few windows show, as those of a stem with little treble,
is in the spectrum of what each band holds in its loudest moments.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from bridge.audio import Block
from bridge.checking.band_edge import band_middles_hz

_LOUDEST = (0.02, 0.1, 0.3)
"""A band's levels that so many of the sounding windows reach, each a spectrum."""
_LEAST_WINDOW = 2
_FEWEST_WINDOWS = 6
_SOUNDING = 1e-7
_SILENCE = 1e-20
_BEFORE_BANDS, _FALL_BANDS, _AFTER_BANDS = 7, 4, 4
_SLOPE_BANDS = _BEFORE_BANDS + _FALL_BANDS
_FILLED = 0.3
_REST = 0.7
_SPURS_HZ = 21800.0
"""Some decoders leave lines above it, 20 dB over the rest."""
_FALL_DB, _STEEPER_DB, _OVER_ALL_DB = 14.0, 13.0, 14.0
_ALONE_DB = 25.0
_APART_HZ = 450.0


def lasting_edge_hz(
    powers: Sequence[Block], sample_rate_hz: int, lowest_hz: float, highest_hz: float
) -> float | None:
    """The edge in the powers of a stem's treble, None where there is none in the range.

    Two of three spectra have it at one place, or one has it deeper than any filter makes it.
    """
    joined = np.concatenate(powers) if powers else np.zeros((0, 0))
    loudness = joined.sum(axis=1)
    sounding = np.count_nonzero(loudness > max(_SILENCE, _SOUNDING * loudness.max(initial=0.0)))
    if sounding < _FEWEST_WINDOWS:
        return None
    hz = band_middles_hz(sample_rate_hz)
    levels_db = -np.sort(-10.0 * np.log10(joined + _SILENCE), axis=0)
    rows = [min(len(joined) - 1, max(_LEAST_WINDOW, round(each * sounding))) for each in _LOUDEST]
    places = np.arange(_BEFORE_BANDS + _SLOPE_BANDS, len(hz) - _FALL_BANDS - _AFTER_BANDS)
    places = places[(hz[places] >= lowest_hz) & (hz[places] <= highest_hz)]
    if not len(places):
        return None
    found = [_deepest(levels_db[row], hz, places) for row in rows]
    for at_hz, depth_db in found:
        if depth_db >= _ALONE_DB:
            return at_hz
    steep = [at_hz for at_hz, depth_db in found if depth_db > 0.0]
    near = (one for one, other in combinations(steep, 2) if abs(one - other) <= _APART_HZ)
    return next(near, None)


def _deepest(spectrum_db: Block, hz: Block, places: npt.NDArray[np.intp]) -> tuple[float, float]:
    """Where it falls most, and how deep to all that is above; 0 dB where that is no edge."""
    before = np.quantile(sliding_window_view(spectrum_db, _BEFORE_BANDS), _FILLED, axis=1)
    after = sliding_window_view(spectrum_db, _AFTER_BANDS).max(axis=1)[places + _FALL_BANDS]
    rest = [np.quantile(spectrum_db[at + _FALL_BANDS : -1], _REST) for at in places]
    spurs = int(np.searchsorted(hz, _SPURS_HZ))
    ends = np.maximum(places + _FALL_BANDS + _AFTER_BANDS, min(spurs, len(hz) - 1))
    most = [spectrum_db[at + _FALL_BANDS : end].max() for at, end in zip(places, ends, strict=True)]
    level = before[places - _BEFORE_BANDS]
    earlier = before[places - _BEFORE_BANDS - _SLOPE_BANDS]
    fall = level - np.maximum(after, rest)
    steeper = fall - np.maximum(0.0, earlier - level)
    over_all = level - np.asarray(most)
    best = int(np.argmax(np.minimum(steeper, over_all + 6.0)))
    is_edge = (
        fall[best] >= _FALL_DB and steeper[best] >= _STEEPER_DB and over_all[best] >= _OVER_ALL_DB
    )
    depth_db = float(min(steeper[best], over_all[best])) if is_edge else 0.0
    return float(hz[places[best]]), depth_db
