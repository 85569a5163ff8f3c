"""A bus that moves all bands alike, followed by moments.

Beside that, in every window some neighbouring bands may have a gain of their own: what that
explains more tells a bus that moves by bands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bridge.checking.mix.following.moments import (
    LEAST,
    LOOSE,
    Array,
    moved_rows,
    read_pieces,
    solved,
    weighed,
)
from bridge.checking.mix.holding import Held
from bridge.checking.mix.products import Placed, crossed
from bridge.checking.mix.tables import Tables
from stemwright.decibels import power_db

_BANDS = 4
"""So many, side by side, have a gain of their own by window."""
_HELD = 1.01
"""Its size, so that it stays near to that of all."""


@dataclass(frozen=True)
class OverAll:
    """What the gains change; what is left of the mix then by cell (windows, bands).

    `by_bands_db` is what gains of their own for some bands explain of that.
    """

    change: Array
    left: Array
    by_bands_db: float


@dataclass(frozen=True)
class _Cells:
    """Products by cell (windows x bands) on the way from some gains.

    `tables` are of what a stem's gain changes and what is left. `common` (windows, bands, stems)
    are of the former and the stems' sum, `sizes` (windows, bands) of the sum, `rests` of what is
    left and the sum; `there` is the mix's power.
    """

    tables: Tables
    common: Array
    sizes: Array
    rests: Array
    there: Array


def over_all(held: Held, places: Sequence[Placed], gains: Array) -> OverAll:
    """One step from some gains. Reads all once. Raises InputError as `StemAudio.read` does."""
    return _step(_heard(held, places, gains))


def _heard(held: Held, places: Sequence[Placed], gains: Array) -> _Cells:
    given, count = held.given, len(places)
    size = round(given.window_s * given.rate_hz)
    lines = [round(hz * size / given.rate_hz) for hz in given.edges_hz]
    starts, stop = np.array(lines[:-1], np.int64), lines[-1] + 1
    total, bands = given.cells.shape[:2]
    first, second = np.triu_indices(count)
    own = np.zeros((total, bands, len(first)), np.float32)
    both = np.zeros((total, bands, count), np.float32)
    common = np.zeros((total, bands, count))
    left, sizes, rests, there = np.zeros((4, total, bands))
    for at, windows, samples in read_pieces(held, places):
        rows = moved_rows(samples[:-1], samples[-1], gains, given.rate_hz)[:, :, size:-size]
        cells = crossed(rows, windows, starts, stop)
        some = slice(at, at + windows)
        own[some] = cells[:, :, first, second]
        both[some], common[some] = cells[:, :, :count, -1], cells[:, :, :count, count]
        left[some], sizes[some] = cells[:, :, -1, -1], cells[:, :, count, count]
        rests[some], there[some] = cells[:, :, count, -1], cells[:, :, -2, -2]
    flat = total * bands
    tables = Tables(own.reshape(flat, -1), both.reshape(flat, -1), left)
    return _Cells(tables, common, sizes, rests, there)


def _step(heard: _Cells) -> OverAll:
    tables, there = heard.tables, heard.there
    change, left, alike = np.zeros(tables.stems), tables.there, tables.there
    for loose in LOOSE:
        weights = weighed(left, there, float(loose))
        matrix, right = tables.weighed(weights, weights)
        groups = list(_grouped(heard, weights))
        for common, size, rest in groups:
            matrix -= common.T @ (common / size[:, None])
            right -= common.T @ (rest / size)
        change = solved(matrix, right)
        own = np.zeros_like(left)
        for at, (common, size, rest) in enumerate(groups):
            own[:, _BANDS * at : _BANDS * (at + 1)] = ((rest - common @ change) / size)[:, None]
        shared, single = tables.predicted(change)
        alike = np.maximum(tables.there - 2.0 * single + shared, 0.0)
        taken = own * (own * heard.sizes - 2.0 * (heard.rests - heard.common @ change))
        left = np.maximum(alike + taken, 0.0)
    more = float(alike.sum()) / max(float(left.sum()), LEAST)
    return OverAll(change, left, power_db(max(more, LEAST)))


def _grouped(heard: _Cells, weights: Array) -> Iterator[tuple[Array, Array, Array]]:
    """Of neighbouring bands together: what a gain of their own takes of each stem's.

    That is (windows, stems); its size, and what it takes of the rest, are (windows,).
    """
    for low in range(0, weights.shape[1], _BANDS):
        some = slice(low, low + _BANDS)
        by = weights[:, some]
        common = np.einsum("wb,wbs->ws", by, heard.common[:, some])
        size = _HELD * (by * heard.sizes[:, some]).sum(axis=1) + LEAST
        yield common, size, (by * heard.rests[:, some]).sum(axis=1)
