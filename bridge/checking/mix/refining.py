"""Looks again for stems that do not fit, in what the others leave of the mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.audio import Block
from bridge.checking.excerpts import excerpt, loud_places, loudness_by_row
from bridge.checking.hearing import Heard
from bridge.checking.mix.fitting import Fit
from bridge.checking.mix.placing import REACH_S
from bridge.checking.mix.products import Placed, Products, of_width
from bridge.checking.stem_audio import StemAudio
from stemwright.decibels import power_db

_OWN = 4.0
"""Power, over all others together, from which on a cell is a stem's own."""
_FITS_DB = -45.0
_ABSENT = 0.06
"""Gain, of the loudest stem's, below which a stem may as well lie anywhere."""
_NEAR_FRAMES = 64
_SPAN_S = 4.0
_PLACES = 2
_TURNED_CLEARER = 1.25
"""How much higher the peak is with one side turned over, where that side is upside down."""


def rests_db(given: Products, fit: Fit) -> list[float]:
    """What is left where a stem is alone, against it: the middle of its cells; -inf for none."""
    gains = np.nan_to_num(np.square(fit.gains)).astype(np.float32)
    own = np.einsum("wbss->wbs", given.cells[:, :, :-1, :-1]) * gains
    own = own * np.square(fit.moved)[:, None, None]
    others = own.sum(axis=2)[:, :, None] - own
    return [_rest_db(own[..., row], others[..., row], fit.left) for row in range(own.shape[2])]


def refined(
    stems: Sequence[Heard],
    places: Sequence[Placed],
    mix: StemAudio,
    given: Products,
    fit: Fit,
) -> list[Placed]:
    """The places, those of stems that do not fit found anew; the same where all fit."""
    found = list(places)
    loudest = float(np.nan_to_num(np.abs(fit.gains)).max(initial=0.0))
    for row, rest_db in enumerate(rests_db(given, fit)):
        if np.isnan(fit.gains[row]):
            continue
        absent = abs(fit.gains[row]) < _ABSENT * loudest
        if absent or rest_db > _FITS_DB:
            reach = round(REACH_S * given.rate_hz) if absent else _NEAR_FRAMES
            found[row] = _found(stems, places, mix, fit, row, reach, given.rate_hz)
    return found


def _rest_db(
    own: npt.NDArray[np.float64], others: npt.NDArray[np.float64], left: npt.NDArray[np.float64]
) -> float:
    alone = own > np.maximum(_OWN * others, 1e-5 * float(own.max(initial=0.0)))
    if not alone.any():
        return float("-inf")
    ratios, sizes = left[alone] / own[alone], own[alone]
    order = np.argsort(ratios)
    added = np.cumsum(sizes[order])
    return power_db(float(ratios[order[int(np.searchsorted(added, 0.5 * added[-1]))]]))


def _found(
    stems: Sequence[Heard],
    places: Sequence[Placed],
    mix: StemAudio,
    fit: Fit,
    row: int,
    reach: int,
    rate_hz: int,
) -> Placed:
    """Where a stem lies in what the others leave, and whether one of its sides is upside down."""
    frames = round(_SPAN_S * rate_hz)
    size = fft.next_fast_len(frames + 2 * reach, real=True)
    place = places[row]
    added = np.zeros((2, size // 2 + 1), np.complex128)
    for place_s in loud_places(loudness_by_row(stems[row]), _SPAN_S, _PLACES):
        start = round(place_s * rate_hz)
        begin, long = start + place.late - reach, frames + 2 * reach
        rest = excerpt(mix, begin, long, rate_hz)[:2]
        for other, there in enumerate(places):
            gain = fit.gains[other]
            if other != row and not np.isnan(gain):
                rest = rest - gain * of_width(there.excerpt(begin, long, rate_hz), len(rest))
        own = of_width(excerpt(place.audio, start, frames, rate_hz), len(rest))
        for side, crossed in enumerate(_crossed(_levelled(own), _levelled(rest), size)):
            added[side] += crossed
    return _placed(place, added, size, reach)


def _placed(place: Placed, added: npt.NDArray[np.complex128], size: int, reach: int) -> Placed:
    """By the higher peak: both sides as they are, or the right one turned over."""
    ways = (added[0] + added[1], added[0] - added[1])
    alike, opposed = (np.abs(fft.irfft(way, size)[: 2 * reach + 1]) for way in ways)
    is_turned = bool(opposed.max() > _TURNED_CLEARER * alike.max())
    if place.audio.facts.channels != 2:
        is_turned = False
    peaks = opposed if is_turned else alike
    return replace(place, late=place.late + int(peaks.argmax()) - reach, is_turned=is_turned)


def _levelled(samples: Block) -> Block:
    """Without a constant offset."""
    return np.asarray(samples - samples.mean(axis=1, keepdims=True))


def _crossed(own: Block, rest: Block, size: int) -> list[npt.NDArray[np.complex128]]:
    """The cross spectrum of two, by channel."""
    pairs = zip(own, rest, strict=True)
    return [np.conj(fft.rfft(one, size)) * fft.rfft(other, size) for one, other in pairs]
