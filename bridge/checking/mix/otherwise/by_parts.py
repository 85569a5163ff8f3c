"""How much gains differ between parts of the mix: its bands, its loud and its soft moments."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from bridge.checking.mix.fitting import Fit
from bridge.checking.mix.products import Products
from bridge.checking.mix.tables import Tables, tables_of

_LOW_HZ, _HIGH_HZ = 250.0, 2500.0
_LOOSE, _LEAST = 1e-2, 1e-12
_SEEN, _ALONE = 0.1, 0.05
"""The part of a stem that is in a part of the mix, and that of it which no other stems hold there,
from which on its gain is told there."""

_Array = npt.NDArray[np.float64]


def apart_by_parts_db(given: Products, fit: Fit) -> _Array:
    """How far a stem's gain is from that of all, but for what all have in common, at most.

    0 for a stem that is told by one part alone. A tone or a gain that all share in a part moves
    none; what bands have of their own moment by moment, or what is in no stem, does.
    """
    kept = np.flatnonzero(np.isfinite(fit.gains))
    found = np.zeros(len(fit.gains))
    if len(kept) < 2:
        return found
    tables = tables_of(given, [int(row) for row in kept])
    floor = _LEAST + 1e-7 * float(fit.there.mean())
    spread = fit.left + _LOOSE * (fit.there + fit.there.mean(axis=0)) + floor
    weights = (fit.there > floor) / spread
    whole, size, _ = _gains(tables, weights, fit.shared)
    for part in _parts(given, fit):
        gains, here, alone = _gains(tables, weights * part, fit.shared)
        seen = (here > _SEEN * size) & (alone > _ALONE) & (whole * gains > 0.0)
        if seen.sum() < 2:
            continue
        off_db = 20.0 * np.log10(gains[seen] / whole[seen])
        rows = kept[seen]
        found[rows] = np.maximum(found[rows], np.abs(off_db - np.median(off_db)))
    return found


def _gains(tables: Tables, weights: _Array, shared: _Array) -> tuple[_Array, _Array, _Array]:
    """By least squares; how much of each counts, and the part of that no others hold."""
    matrix, right = tables.weighed(weights * np.square(shared), weights * shared)
    sizes = np.sqrt(np.maximum(np.diag(matrix), 0.0)) + 1e-30
    inverse = np.linalg.inv(matrix / np.outer(sizes, sizes) + 1e-9 * np.eye(len(sizes)))
    return inverse @ (right / sizes) / sizes, np.square(sizes), 1.0 / np.diag(inverse)


def _parts(given: Products, fit: Fit) -> Iterator[_Array]:
    """(windows, bands) of 1 where a part is."""
    every = np.ones_like(fit.there)
    middles_hz = np.sqrt(np.multiply(given.edges_hz[:-1], given.edges_hz[1:]))
    for low_hz, high_hz in ((0.0, _LOW_HZ), (_LOW_HZ, _HIGH_HZ), (_HIGH_HZ, np.inf)):
        yield every * ((middles_hz >= low_hz) & (middles_hz < high_hz))
    levels = fit.there.sum(axis=1)
    is_loud = levels > np.median(levels[levels > 0.0])
    yield every * is_loud[:, None]
    yield every * ~is_loud[:, None]
