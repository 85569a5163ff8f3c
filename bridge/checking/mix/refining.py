"""Looks again for stems that do not fit, in what the others leave of the mix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.audio import Block
from bridge.checking.excerpts import excerpt, loud_places, loudness_by_row
from bridge.checking.hearing import Heard
from bridge.checking.mix.fitting import Fit
from bridge.checking.mix.placing import REACH_S
from bridge.checking.mix.products import Products, of_width
from bridge.checking.stem_audio import StemAudio
from stemwright.decibels import power_db

_OWN = 4.0
"""Power, over all others together, from which on a cell is a stem's own."""
_FITS_DB = -30.0
_ABSENT = 0.06
"""Gain, of the loudest stem's, below which a stem may as well lie anywhere."""
_NEAR_FRAMES = 64
_SPAN_S = 4.0
_PLACES = 2


def rests_db(given: Products, fit: Fit) -> list[float]:
    """What is left where a stem is alone, against it: the middle of its cells; -inf for none."""
    gains = np.nan_to_num(np.square(fit.gains)).astype(np.float32)
    own = np.einsum("wbss->wbs", given.cells[:, :, :-1, :-1]) * gains
    own = own * np.square(fit.moved)[:, None, None]
    others = own.sum(axis=2)[:, :, None] - own
    return [_rest_db(own[..., row], others[..., row], fit.left) for row in range(own.shape[2])]


def refined(
    stems: Sequence[Heard],
    offsets: Sequence[int],
    mix: StemAudio,
    given: Products,
    fit: Fit,
) -> list[int]:
    """The offsets, those of stems that do not fit found anew; the same where all fit."""
    found = list(offsets)
    loudest = float(np.nanmax(np.abs(fit.gains)))
    for row, rest_db in enumerate(rests_db(given, fit)):
        if np.isnan(fit.gains[row]):
            continue
        absent = abs(fit.gains[row]) < _ABSENT * loudest
        if absent or rest_db > _FITS_DB:
            reach = round(REACH_S * given.rate_hz) if absent else _NEAR_FRAMES
            found[row] += _late(stems, offsets, mix, fit, row, reach, given.rate_hz)
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


def _late(
    stems: Sequence[Heard],
    offsets: Sequence[int],
    mix: StemAudio,
    fit: Fit,
    row: int,
    reach: int,
    rate_hz: int,
) -> int:
    """How many frames later than it was taken to a stem lies in what the others leave."""
    frames = round(_SPAN_S * rate_hz)
    size = fft.next_fast_len(frames + 2 * reach, real=True)
    added = np.zeros(size // 2 + 1, np.complex128)
    for place_s in loud_places(loudness_by_row(stems[row]), _SPAN_S, _PLACES):
        start = round(place_s * rate_hz)
        begin, long = start + offsets[row] - reach, frames + 2 * reach
        rest = excerpt(mix, begin, long, rate_hz)[:2]
        for other, stem in enumerate(stems):
            gain = fit.gains[other]
            if other != row and not np.isnan(gain):
                there = excerpt(stem.audio, begin - offsets[other], long, rate_hz)
                rest = rest - gain * of_width(there, len(rest))
        own = of_width(excerpt(stems[row].audio, start, frames, rate_hz), len(rest))
        added += _crossed(own, rest, size)
    return int(np.abs(fft.irfft(added, size)[: 2 * reach + 1]).argmax()) - reach


def _crossed(own: Block, rest: Block, size: int) -> npt.NDArray[np.complex128]:
    """The cross spectrum of two, all channels added."""
    pairs = zip(own, rest, strict=True)
    spectra = [np.conj(fft.rfft(one, size)) * fft.rfft(other, size) for one, other in pairs]
    return np.asarray(np.sum(spectra, axis=0))
