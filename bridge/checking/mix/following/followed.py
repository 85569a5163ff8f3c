"""Gains through a bus that moves within a window, as attacks and limiters do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bridge.checking.mix.fitting import Fit, gains_apart_db
from bridge.checking.mix.following.by_octaves import by_octaves
from bridge.checking.mix.following.moments import Array, as_large
from bridge.checking.mix.following.over_all import over_all
from bridge.checking.mix.holding import SUMS_DB, Held

_LOOKS, _SAME_DB = 3, 0.05
_BETTER_DB = 3.0
"""What it must explain more to be believed: it has a thousand gains a second to do so."""
_BY_BANDS_DB = 0.5
"""What gains of their own for some bands explain of that, where the bus moves by bands: 0.8 to 1.7
for a compressor of three bands, 0.05 for one of all and a clipper."""


_Rows = npt.NDArray[np.intp]


def followed(held: Held) -> Held:
    """With the gains, and what is left, that a gain followed by moments gives.

    The same where the mix's bus is none that moves, and where that explains no more. Where much
    is left all the same, gains are doubted by how far they went. Reads all two or three times, and
    as often again by octaves. Raises InputError as `StemAudio.read` does.
    """
    known = np.flatnonzero(np.isfinite(held.fit.gains))
    if not held.by_bus_db or len(known) < 2:
        return held
    fit, by_bands_db = _over_all(held, known)
    if fit.explained_db < held.fit.explained_db + _BETTER_DB:
        return held
    if fit.explained_db < SUMS_DB:
        if by_bands_db >= _BY_BANDS_DB:
            fit = _by_octaves(held, fit, known)
        went_db = gains_apart_db(held.fit.gains, fit.gains)
        fit = replace(fit, doubts_db=np.maximum(held.fit.doubts_db, went_db))
    return replace(held, fit=fit)


def _over_all(held: Held, known: _Rows) -> tuple[Fit, float]:
    places, gains = [held.places[row] for row in known], held.fit.gains[known]
    for _ in range(_LOOKS):
        found = over_all(held, places, gains)
        before, gains = gains, as_large(gains + found.change, gains)
        if float(gains_apart_db(gains, before).max()) < _SAME_DB:
            break
    fit = _with_gains(held.fit, known, gains)
    none = np.zeros(len(fit.gains))
    return replace(fit, left=found.left, doubts_db=none), found.by_bands_db


def _by_octaves(held: Held, fit: Fit, known: _Rows) -> Fit:
    """The fit with gains that octaves give on the way from its own, where they explain as much."""
    places, gains = [held.places[row] for row in known], fit.gains[known]
    for _ in range(_LOOKS):
        found = by_octaves(held, places, gains)
        before, gains = gains, as_large(gains + found.change, gains)
        if float(gains_apart_db(gains, before).max()) < _SAME_DB:
            break
    is_better = found.explained_db >= held.fit.explained_db + _BETTER_DB
    return _with_gains(fit, known, gains) if is_better else fit


def _with_gains(fit: Fit, known: _Rows, gains: Array) -> Fit:
    found = fit.gains.copy()
    found[known] = gains
    return replace(fit, gains=found)
