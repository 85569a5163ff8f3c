"""Where a stem's treble ends at once: codecs and resamplers cut it off, no instrument does.

The spectrum of the windows whose treble is fullest, in bands of about 100 Hz: an edge is a fall
much steeper than what comes before and behind it, above which nothing rises again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.audio import Block

WINDOW_FRAMES = 4096
_BAND_HZ = 100.0
_LOWEST_HZ = 5000.0
_SILENCE = 1e-20
_NO_LINE = 1e-24
_FULLEST = 0.2
"""Share of the sounding windows that are looked at."""
_FEWEST_WINDOWS = 6
_SOUNDING = 1e-4
"""Of the window with most treble."""
_BEFORE_BANDS = 7
_FALL_BANDS = 10
_FILLED = 0.3
"""So many of the bands before an edge may lie lower: between partials there is nothing to cut."""
_DOWN_DB = 20.0
_SHOULDER_DB, _FOOT_DB, _NEARLY = 6.0, 40.0, 0.9
"""How far down an edge has begun to fall, and is done with it: there, or by that share of it."""
_EACH_WINDOW_DB = 15.0


@dataclass(frozen=True)
class BandEdge:
    """An edge at `hz`, where it is 20 dB down; it falls by `fall_db` within about 1.7 kHz.

    `steeper_db` is what of that is more than the slope before and behind it, `share` how many of
    the windows have it. `width_hz` is from where it is 6 dB down to where it is 40 dB down, or
    nearly all the way where it falls by less.
    """

    hz: float
    fall_db: float
    steeper_db: float
    share: float
    width_hz: float


@dataclass(frozen=True)
class Treble:
    """(windows, bands) from 5 kHz on: the power of each, and how even its lines are, in dB.

    `flatness_db` is their geometric mean over their mean: -2 dB and more of noise and of a click,
    far less where few of them are partials.
    """

    powers: Block
    flatness_db: npt.NDArray[np.float32]


def treble_of(samples: Block, sample_rate_hz: int) -> Treble:
    """The treble of (channels, frames), sides added.

    Windows of 4096 lie end to end; what is left behind the last one is not heard.
    """
    count = samples.shape[1] // WINDOW_FRAMES
    low, width, bands = _bands(sample_rate_hz)
    window = np.hanning(WINDOW_FRAMES + 1)[:-1]
    lines = np.zeros((count, bands * width))
    for side in samples[:, : count * WINDOW_FRAMES]:
        spectra = fft.rfft(side.reshape(count, WINDOW_FRAMES) * window, axis=1)
        treble = spectra[:, low : low + bands * width]
        lines += np.square(treble.real) + np.square(treble.imag)
    by_band = lines.reshape(count, bands, width) * np.square(2.0 / window.sum())
    powers = by_band.mean(axis=2)
    logarithms = np.log10(by_band.astype(np.float32) + np.float32(_NO_LINE)).mean(axis=2)
    flatness_db = 10.0 * (logarithms - np.log10(powers + _NO_LINE))
    return Treble(powers, flatness_db.astype(np.float32))


def band_middles_hz(sample_rate_hz: int) -> Block:
    """(bands,) of the frequencies in the middle of the bands that `treble_of` gives."""
    low, width, bands = _bands(sample_rate_hz)
    middles: Block = (low + (np.arange(bands) + 0.5) * width) * sample_rate_hz / WINDOW_FRAMES
    return middles


def band_edge(powers: Sequence[Block], sample_rate_hz: int) -> BandEdge | None:
    """The steepest edge in the powers of a stem's treble; None where there is no treble."""
    joined = np.concatenate(powers) if powers else np.zeros((0, 0))
    loudness = joined.sum(axis=1)
    sounding = np.count_nonzero(loudness > max(_SILENCE, _SOUNDING * loudness.max(initial=0.0)))
    if sounding < _FEWEST_WINDOWS:
        return None
    looked_at = max(_FEWEST_WINDOWS, round(_FULLEST * sounding))
    levels_db = 10.0 * np.log10(joined + _SILENCE)
    # the mean of decibels: windows whose treble reaches to its top, not those with a loud bottom
    fullest = np.argsort(-levels_db.mean(axis=1), kind="stable")[:looked_at]
    return _steepest(levels_db[fullest], sample_rate_hz)


def _steepest(levels_db: Block, sample_rate_hz: int) -> BandEdge | None:
    profile_db = np.median(levels_db, axis=0)
    last = len(profile_db) - _FALL_BANDS - 2
    places = range(_BEFORE_BANDS, last)
    if not places:
        return None
    falls = [float(_fall_db(profile_db[None], at)[0]) for at in places]
    at = places[int(np.argmax(falls))]
    fall_db = max(falls)
    before_db = _before_db(profile_db[None], at)[0]
    down = np.flatnonzero(profile_db[at - _BEFORE_BANDS :] < before_db - _DOWN_DB)
    if not len(down):
        return None
    share = float((_fall_db(levels_db, at) > _EACH_WINDOW_DB).mean())
    first = at - _BEFORE_BANDS + int(down[0])
    hz = band_middles_hz(sample_rate_hz)
    steeper_db = fall_db - _slope_db(profile_db, at)
    foot_db = min(_FOOT_DB, _NEARLY * fall_db)
    width_hz = _width_hz(profile_db, first, hz, foot_db)
    return BandEdge(float(hz[first]), fall_db, steeper_db, share, width_hz)


def _width_hz(profile_db: Block, first: int, hz: Block, foot_db: float) -> float:
    """Around band `first`, which is 20 dB down, by what lies before its shoulder."""
    begin = max(0, first - 2 * _BEFORE_BANDS)
    level_db = float(np.quantile(profile_db[begin : first - _BEFORE_BANDS + 1], _FILLED))
    there_db = profile_db[begin:] - level_db
    still = np.flatnonzero(there_db[: first - begin] >= -_SHOULDER_DB)
    foot = np.flatnonzero(there_db < -foot_db)
    if not len(still) or not len(foot):
        return 0.0
    return max(0.0, float(hz[begin + foot[0]] - hz[min(begin + still[-1] + 1, first)]))


def _before_db(levels_db: Block, at: int) -> Block:
    before: Block = np.quantile(levels_db[:, at - _BEFORE_BANDS : at], _FILLED, axis=1)
    return before


def _fall_db(levels_db: Block, at: int) -> Block:
    """From before band `at` to the loudest of all that lies behind the fall."""
    fall: Block = _before_db(levels_db, at) - levels_db[:, at + _FALL_BANDS : -1].max(axis=1)
    return fall


def _slope_db(profile_db: Block, at: int) -> float:
    """How far it falls on as wide a stretch before the edge and behind it, the larger of them."""
    wide = _BEFORE_BANDS + _FALL_BANDS
    slopes = [0.0]
    if at >= wide + _BEFORE_BANDS:
        earlier = np.quantile(profile_db[at - wide - _BEFORE_BANDS : at - wide], _FILLED)
        slopes.append(float(earlier) - float(_before_db(profile_db[None], at)[0]))
    behind = profile_db[at + _FALL_BANDS : -1]
    if len(behind) > wide:
        slopes.append(float(behind[:3].max() - behind[wide:].max()))
    return max(slopes)


def _bands(sample_rate_hz: int) -> tuple[int, int, int]:
    """The first bin, the bins a band, and how many bands there are below half the rate."""
    bin_hz = sample_rate_hz / WINDOW_FRAMES
    width = max(1, round(_BAND_HZ / bin_hz))
    low = int(np.ceil(_LOWEST_HZ / bin_hz))
    return low, width, max(0, (WINDOW_FRAMES // 2 - low) // width)
