"""Looks again for stems that do not fit, in what the others leave of the mix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.audio import Block
from bridge.checking.excerpts import excerpt, loud_places, loudness_by_row
from bridge.checking.hearing import Heard
from bridge.checking.mix.courses import Rest, course_in
from bridge.checking.mix.fitting import Fit
from bridge.checking.mix.placing import REACH_S
from bridge.checking.mix.products import Placed, Products, of_width
from bridge.checking.stem_audio import StemAudio
from stemwright.decibels import power_db

_OWN = 4.0
"""Power, over all others together, from which on a cell is a stem's own."""
_FITS_DB, _BAND_FITS_DB = -45.0, -35.0
_OF_BANDS = 1e-4
"""Power, of the stem's, from which on a band must fit: by it a fraction of a frame is seen."""
_ABSENT = 0.06
"""Gain, of the loudest stem's, below which a stem may as well lie anywhere."""
_NEAR_FRAMES = 64
_SPAN_S = 4.0
_PLACES = 2
_Array = npt.NDArray[np.float64]
_Alone = npt.NDArray[np.bool_]

_TURNED_CLEARER = 1.25
"""How much higher the peak is with one side turned over, where that side is upside down."""


def rests_db(given: Products, fit: Fit) -> list[float]:
    """What is left where a stem is alone, against it: the middle of its cells; -inf for none."""
    return [_rest_db(own, alone, fit.left) for own, alone in _where_alone(given, fit)]


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
    for row, (own, alone) in enumerate(_where_alone(given, fit)):
        if np.isnan(fit.gains[row]):
            continue
        absent = abs(fit.gains[row]) < _ABSENT * loudest
        if absent or not _fits(own, alone, fit.left):
            reach = round(REACH_S * given.rate_hz) if absent else _NEAR_FRAMES
            rest = _rest(places, mix, fit, row, given.rate_hz)
            spot = _found(stems[row], places[row], rest, reach, given.rate_hz)
            course = course_in(rest, stems[row], spot, given.rate_hz)
            found[row] = spot if course is None else course.of(spot)
    return found


def _where_alone(given: Products, fit: Fit) -> Iterator[tuple[_Array, _Alone]]:
    """Of each stem (windows, bands) its power in the mix, and whether it is alone there."""
    gains = np.nan_to_num(np.square(fit.gains)).astype(np.float32)
    powers = np.einsum("wbss->wbs", given.cells[:, :, :-1, :-1]) * gains
    powers = powers * np.square(fit.shared)[..., None]
    added = powers.sum(axis=2)
    for row in range(powers.shape[2]):
        own = powers[..., row]
        least = np.maximum(_OWN * (added - own), 1e-5 * float(own.max(initial=0.0)))
        yield own, own > least


def _fits(own: _Array, alone: _Alone, left: _Array) -> bool:
    """Whether next to nothing is left of it, in none of its bands; not where it is never alone."""
    mine = (own * alone).sum(axis=0)
    sounds = mine > _OF_BANDS * float(mine.sum())
    if not sounds.any():
        return False
    worst = float(((left * alone).sum(axis=0)[sounds] / mine[sounds]).max())
    return power_db(worst) <= _BAND_FITS_DB and _rest_db(own, alone, left) <= _FITS_DB


def _rest_db(own: _Array, alone: _Alone, left: _Array) -> float:
    if not alone.any():
        return float("-inf")
    ratios, sizes = left[alone] / own[alone], own[alone]
    order = np.argsort(ratios)
    added = np.cumsum(sizes[order])
    return power_db(float(ratios[order[int(np.searchsorted(added, 0.5 * added[-1]))]]))


def _rest(places: Sequence[Placed], mix: StemAudio, fit: Fit, row: int, rate_hz: int) -> Rest:
    """What the others leave of the mix."""
    others = [
        (there, gain)
        for other, (there, gain) in enumerate(zip(places, fit.gains, strict=True))
        if other != row and not np.isnan(gain)
    ]

    def rest(begin: int, frames: int) -> Block:
        left = excerpt(mix, begin, frames, rate_hz)[:2]
        for there, gain in others:
            left = left - gain * of_width(there.excerpt(begin, frames, rate_hz), len(left))
        return left

    return rest


def _found(stem: Heard, place: Placed, rest: Rest, reach: int, rate_hz: int) -> Placed:
    """Where a stem lies in what the others leave, and whether one of its sides is upside down."""
    frames, late = round(_SPAN_S * rate_hz), round(place.late)
    size = fft.next_fast_len(frames + 2 * reach, real=True)
    added = np.zeros((2, size // 2 + 1), np.complex128)
    for place_s in loud_places(loudness_by_row(stem), _SPAN_S, _PLACES):
        start = round(place_s * rate_hz)
        left = rest(start + late - reach, frames + 2 * reach)
        own = of_width(excerpt(place.audio, start, frames, rate_hz), len(left))
        for side, crossed in enumerate(_crossed(_levelled(own), _levelled(left), size)):
            added[side] += crossed
    return _placed(replace(place, late=late), added, size, reach)


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
