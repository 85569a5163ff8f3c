"""The products of some stems by cell, as tables that are gone through with every round of a fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bridge.checking.mix.products import Products

_AT_ONCE = 1 << 13
"""Cells that are widened to float64 at a time."""

_Array = npt.NDArray[np.float64]
_Table = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Tables:
    """`own` (cells, pairs of stems) and `both` (cells, stems), each stem with the mix.

    `there` (windows, bands) is the mix's power; cells are windows by bands. A pair of stems
    stands there once.
    """

    own: _Table
    both: _Table
    there: _Array

    @property
    def stems(self) -> int:
        """How many there are."""
        return int(self.both.shape[1])

    def weighed(self, own: _Array, both: _Array) -> tuple[_Array, _Array]:
        """(stems, stems) and (stems,): all cells' products, by weights (windows, bands) of both."""
        first, second = np.triu_indices(self.stems)
        matrix = np.empty((self.stems, self.stems))
        matrix[first, second] = matrix[second, first] = _added(self.own, own.ravel())
        return matrix, _added(self.both, both.ravel())

    def predicted(self, gains: _Array) -> tuple[_Array, _Array]:
        """(windows, bands) of what the stems give at gains: its power, its product with the mix."""
        first, second = np.triu_indices(self.stems)
        factors = np.where(first == second, 1.0, 2.0) * gains[first] * gains[second]
        shape = self.there.shape
        return _times(self.own, factors).reshape(shape), _times(self.both, gains).reshape(shape)


def tables_of(given: Products, stems: Sequence[int]) -> Tables:
    """Those of some stems, by their rows."""
    rows = np.asarray(stems, np.intp)
    first, second = np.triu_indices(len(rows))
    own = given.cells[:, :, rows[first], rows[second]]
    both = given.cells[:, :, rows, -1]
    there = given.cells[..., -1, -1].astype(np.float64)
    return Tables(own.reshape(there.size, -1), both.reshape(there.size, -1), there)


def _added(table: _Table, weights: _Array) -> _Array:
    total = np.zeros(table.shape[1])
    for some in _pieces(len(table)):
        total += weights[some] @ table[some].astype(np.float64)
    return total


def _times(table: _Table, factors: _Array) -> _Array:
    out = np.empty(len(table))
    for some in _pieces(len(table)):
        out[some] = table[some].astype(np.float64) @ factors
    return out


def _pieces(total: int) -> Iterator[slice]:
    return (slice(first, first + _AT_ONCE) for first in range(0, total, _AT_ONCE))
