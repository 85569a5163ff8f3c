"""Whether noise ends at an edge of the treble, always there: then the stem was cut off.

The partials of notes end as well, each note's where its synthesizer adds up no more of them or its
sample was taken from another key: their spectrum has an edge, but they are lines with nothing
between them, and the next note's end elsewhere. Noise, breath, skins and strikes fill every band
up to where a filter cut them off, in all moments that have any.
"""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.checking.band_edge import Treble, band_middles_hz

_NEAR, _FAR = (10, 2), (26, 14)
"""Bands under the edge: from so many to so many of them."""
_FALL_BANDS, _HEARD_BANDS = 5, 8
_SPURS_HZ = 21800.0
"""Some decoders leave lines above it."""
_UNEVEN_DB, _UNEVEN_FAR_DB = 9.0, 13.0
"""Between the bands of noise, at most: partials leave gaps of 15 dB and more."""
_FLAT_DB, _FLAT_SHARE = -4.0, 0.25
_FILLED = 0.3
_SHOWN_DB, _ENDED_DB, _MOSTLY_DB = 12.0, 20.0, 23.0
_FEWEST, _OF_SHOWN, _OF_NOISY = 6, 0.1, 0.1
"""Windows; the share of those with something up to the edge, and of those with noise under it.
The strikes alone of an oscillator that has partials up to there are up to 0.09 of the first."""
_LINES_DB, _MOST_LINES = -8.0, 2.0
"""Windows of lines alone that have something up to the edge: of those with noise, so many times."""
_GOES_ON_DB, _MOST_GO_ON = 10.0, 0.1
"""What falls by less goes on above; of windows with noise that ends, so many may."""
_SHOULDER_DB, _WIDEST_BANDS = 6.0, 2
_LAST_HZ, _WIDEST_OF_LAST = (19900.0, 20400.0), 3
"""Where Opus and MP3 of most bits end, less at once than others."""
_SILENCE = 1e-20


def noise_ends(treble: Treble, sample_rate_hz: int, hz: float) -> bool:
    """Whether many windows have noise up to `hz`, little above, and few go on or are lines.

    The fall takes no more than 200 to 300 Hz: that is steeper than filters of synthesizers, and
    than those of most converters of samplers.
    """
    middles_hz = band_middles_hz(sample_rate_hz)
    edge = int(np.argmin(np.abs(middles_hz - hz)))
    end = max(edge + _HEARD_BANDS, int(np.searchsorted(middles_hz, _SPURS_HZ)))
    end = min(end, len(middles_hz) - 1)
    if edge < _FAR[0] or end <= edge + _FALL_BANDS:
        return False
    levels_db = 10.0 * np.log10(treble.powers + _SILENCE)
    near = _Stretch(treble, levels_db, edge, _NEAR, _UNEVEN_DB)
    above_db = levels_db[:, edge + _FALL_BANDS : end].max(axis=1)
    heard_db = float(np.median(above_db)) + _ENDED_DB
    ended = near.is_noise & (near.least_db - above_db > _ENDED_DB)
    count = np.count_nonzero(ended)
    shown = near.most_db - above_db > _SHOWN_DB
    if count < max(_FEWEST, _OF_SHOWN * np.count_nonzero(shown)):
        return False
    if np.count_nonzero(shown & near.is_lines) > _MOST_LINES * count:
        return False
    goes_on = near.is_noise & (near.least_db > heard_db) & (near.least_db - above_db < _GOES_ON_DB)
    if np.count_nonzero(goes_on) > _MOST_GO_ON * count:
        return False
    far = _Stretch(treble, levels_db, edge, _FAR, _UNEVEN_FAR_DB)
    noisy = far.is_noise & (far.least_db > heard_db)
    if np.count_nonzero(ended & noisy) < _OF_NOISY * np.count_nonzero(noisy):
        return False
    widest = _WIDEST_OF_LAST if _LAST_HZ[0] <= hz <= _LAST_HZ[1] else _WIDEST_BANDS
    steep = _fall_bands(levels_db[ended], edge) <= widest
    return steep and float(np.median((near.least_db - above_db)[ended])) > _MOSTLY_DB


class _Stretch:
    """Bands under an edge, by window: how loud they are, and whether noise or lines alone."""

    def __init__(
        self, treble: Treble, levels_db: Block, edge: int, under: tuple[int, int], uneven_db: float
    ) -> None:
        bands = slice(edge - under[0], edge - under[1])
        flatness_db = np.sort(treble.flatness_db[:, bands], axis=1)
        here_db = levels_db[:, bands]
        self.least_db = here_db.min(axis=1)
        self.most_db = np.quantile(here_db, _FILLED, axis=1)
        flat = flatness_db[:, int(_FLAT_SHARE * flatness_db.shape[1])] > _FLAT_DB
        self.is_noise = flat & (np.ptp(here_db, axis=1) < uneven_db)
        self.is_lines = flatness_db[:, flatness_db.shape[1] // 2] < _LINES_DB


def _fall_bands(levels_db: Block, edge: int) -> int:
    """In how many bands these windows fall from their level before it by 20 dB."""
    begin = edge - _NEAR[0]
    level_db = np.median(levels_db[:, begin : edge - _NEAR[1]], axis=1, keepdims=True)
    profile_db = np.median(levels_db - level_db, axis=0)[begin:]
    down = np.flatnonzero(profile_db < -_ENDED_DB)
    first = int(down[0]) if len(down) else len(profile_db)
    still = np.flatnonzero(profile_db[:first] >= -_SHOULDER_DB)
    return first - int(still[-1]) if len(still) else first
