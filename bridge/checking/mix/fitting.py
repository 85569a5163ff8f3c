"""The gains that explain the mix best, wherever something else does not hide it.

Cells that do not fit count less and less, so that what is missing, or another sound, moves no
gain. Where that explains far less than it might, all explained cells count by their power. A bus
on the mix is a gain that all stems share and that moves with time, or a tone that all share.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bridge.checking.mix.products import Products
from bridge.checking.mix.tables import Tables, tables_of
from stemwright.decibels import power_db

_ROUNDS = 24
_MOST_LOOSE, _LEAST_LOOSE = 1.0, 1e-5
"""Residual, of a cell's power, from which on it counts less: in the first round, and the last."""
_NEARLY_ALL_DB = 50.0
_EVEN_ROUNDS, _EVENLY_BETTER_DB = 6, 2.0
"""What counting all explained cells must explain more to be believed: a bus alone gives 1.3."""
_SAME = 1e-4
"""The part of a stem's power, that no other stems hold, below which it is made of them."""
_ALIKE = 0.02
"""The part of a stem's power, that no other stems hold, below which its gain is not sure."""
_UNSURE = 0.5
"""How far off a gain may be, of the largest, from which on it says nothing."""
_LEAST, _TINY = 1e-12, 1e-9
MOST_DB = 60.0
"""What the precision of the products can tell at most."""

_Array = npt.NDArray[np.float64]
_Weighed = Callable[[_Array, _Array, float], _Array]
"""What is left of the mix by cell, what is there, the part of all rounds done -> its weight."""


@dataclass(frozen=True)
class Fit:
    """What explains the mix: the gain of each stem, of all by window (`moved`) and band (`toned`).

    `gains` are negative where a stem is upside down, NaN for a stem that is made of others.
    `doubts_db` is by how much they differ between the two ways of counting cells.
    `left`, `there` and `expected` (windows, bands) are the power that is left, that of the mix,
    and that of the stems with these gains.
    """

    gains: _Array
    moved: _Array
    toned: _Array
    left: _Array
    there: _Array
    expected: _Array
    doubts_db: _Array

    @property
    def shared(self) -> _Array:
        """(windows, bands) of the gain that all stems share."""
        return np.asarray(self.moved[:, None] * self.toned)

    @property
    def explained_db(self) -> float:
        """How far below the mix lies what is left of it."""
        left, there = float(self.left.sum()), float(self.there.sum())
        return min(MOST_DB, -power_db(max(left, 1e-30) / there)) + 0.0 if there else 0.0


def fitted(given: Products, *, moving: bool, toned: bool = False) -> Fit:
    """Fit the gains; `moving` lets a gain that all share move from window to window.

    `toned` lets it differ from band to band. Where counting every explained cell by its power
    explains more of the mix, the stems have too much of their own for cells that fit exactly.
    """
    strict = _fitted(given, _strictly, _ROUNDS, moving=moving, toned=toned)
    if strict.explained_db >= _NEARLY_ALL_DB:
        return strict
    even = _fitted(given, _evenly, _EVEN_ROUNDS, moving=moving, toned=toned)
    better = even.explained_db > strict.explained_db + _EVENLY_BETTER_DB
    return replace(even if better else strict, doubts_db=gains_apart_db(strict.gains, even.gains))


def gains_apart_db(one: _Array, other: _Array) -> _Array:
    """How far gains are apart, but for what they have in common; 0 for those that are none."""
    known = np.isfinite(one)
    sizes = np.maximum(np.abs(np.stack([one[known], other[known]])), _TINY)
    apart, found = 20.0 * np.log10(sizes[0] / sizes[1]), np.zeros(len(one))
    found[known] = np.abs(apart - np.median(apart)) if known.any() else 0.0
    return found


def _fitted(given: Products, weighed: _Weighed, rounds: int, *, moving: bool, toned: bool) -> Fit:
    kept = independent(given.total[:-1, :-1])
    tables = tables_of(given, kept)
    there = tables.there
    moved, tone = np.ones(there.shape[0]), np.ones(there.shape[1])
    gains, left, expected = np.zeros(len(kept)), there, np.zeros_like(there)
    for done in np.linspace(0.0, 1.0, rounds):
        weights = weighed(left, there, float(done))
        gains = _solved(tables, weights, moved[:, None] * tone)
        shared, single = tables.predicted(gains)
        if moving:
            moved = _by_row(shared * np.square(tone), single * tone, weights)
            moved, gains, shared, single = _sized(moved, there.sum(axis=1), gains, shared, single)
        if toned:
            column = moved[:, None]
            tone = _by_row((shared * np.square(column)).T, (single * column).T, weights.T)
            tone, gains, shared, single = _sized(tone, there.sum(axis=0), gains, shared, single)
        both = moved[:, None] * tone
        expected = np.square(both) * shared
        left = np.maximum(there - 2 * both * single + expected, 0.0)
    all_gains = np.full(given.cells.shape[2] - 1, np.nan)
    all_gains[kept] = gains
    return Fit(all_gains, moved, tone, left, there, expected, np.zeros(len(all_gains)))


def _sized(
    shares: _Array, weights: _Array, gains: _Array, shared: _Array, single: _Array
) -> tuple[_Array, _Array, _Array, _Array]:
    """A gain that all share with its middle at 1, and all else by what it was."""
    size = _middle(shares, weights)
    return shares / size, gains * size, shared * size**2, single * size


def _strictly(left: _Array, there: _Array, done: float) -> _Array:
    """Cells count the less the less they fit, more so from round to round.

    What is left is held to the cell and to its band: cells in which next to nothing sounds do not
    fit a gain of zero better because a stem hums in them.
    """
    floor = _LEAST + 1e-7 * float(there.mean())
    loose = _MOST_LOOSE * (_LEAST_LOOSE / _MOST_LOOSE) ** done
    spread = left + loose * (there + there.mean(axis=0)) + floor
    return np.asarray((there > floor) / spread)


def _evenly(left: _Array, there: _Array, _done: float) -> _Array:
    """All cells that are explained at all count by their power."""
    return np.asarray(left <= there, np.float64)


def independent(power: _Array) -> list[int]:
    """The rows of what is no sum of others: copies count once, a bus beside its parts not."""
    kept = [row for row in range(len(power)) if power[row, row] > _LEAST]
    while len(kept) > 1:
        sizes = np.sqrt(np.diag(power)[kept])
        normal = power[np.ix_(kept, kept)] / np.outer(sizes, sizes)
        alone = _alone(normal)
        made = [row for row, part in zip(kept, alone, strict=True) if part < _SAME]
        if not made:
            break
        kept.remove(_surplus(power, kept, made))
    return kept


def _alone(normal: _Array) -> _Array:
    """The part of each stem's power that no others hold, of their products at one size."""
    return np.asarray(1.0 / np.diag(np.linalg.inv(normal + 1e-9 * np.eye(len(normal)))))


def _surplus(power: _Array, kept: list[int], made: list[int]) -> int:
    """Of the rows that others make up the loudest, or its copy where that is quieter or later."""

    def size(row: int) -> float:
        return round(math.log10(power[row, row]), 2)

    loudest = max(made, key=lambda row: (size(row), row))
    alike = [row for row in kept if row == loudest or _are_copies(power, row, loudest)]
    return min(alike, key=lambda row: (size(row), -row))


def _are_copies(power: _Array, one: int, other: int) -> bool:
    sizes = power[one, one] * power[other, other]
    return bool(power[one, other] ** 2 > (1.0 - _SAME) * sizes)


def twins_of(given: Products, fit: Fit) -> dict[int, int]:
    """The rows that have no gain for they are the same as another, each with that one's."""
    power = given.total[:-1, :-1]
    rows = range(len(power))
    left_out = [row for row in rows if np.isnan(fit.gains[row]) and power[row, row] > _LEAST]
    found: dict[int, int] = {}
    for copy in left_out:
        for row in rows:
            if row not in left_out and _are_copies(power, row, copy):
                found[copy] = row
                break
    return found


def alike_of(given: Products, fit: Fit) -> dict[int, int]:
    """The rows that others nearly make up, each with the row it is most like."""
    kept = [row for row, gain in enumerate(fit.gains) if not np.isnan(gain)]
    if len(kept) < 2:
        return {}
    power = given.total[np.ix_(kept, kept)]
    sizes = np.sqrt(np.diag(power))
    normal = power / np.outer(sizes, sizes)
    likeness = np.abs(normal - np.eye(len(kept)))
    return {
        kept[at]: kept[int(likeness[at].argmax())]
        for at, part in enumerate(_alone(normal))
        if part < _ALIKE
    }


def sure_gains(given: Products, fit: Fit) -> _Array:
    """The gains; NaN where the stem is so faint beside what is left that any would do as well."""
    own = np.einsum("wbss->wbs", given.cells[:, :, :-1, :-1]) * np.square(fit.shared)[..., None]
    floor = _LEAST + 1e-7 * float(fit.there.mean())
    seen = (own / (fit.left + floor)[..., None]).sum(axis=(0, 1))
    off = 1.0 / np.sqrt(np.maximum(seen, 1e-30))
    largest = float(np.nan_to_num(np.abs(fit.gains)).max(initial=0.0))
    return np.where(off > _UNSURE * largest, np.nan, fit.gains)


def copies_of(given: Products, fit: Fit) -> list[tuple[float, ...]]:
    """Of each stem the gains, over it, of those that have none for they are the same."""
    power = given.total[:-1, :-1]
    twins = twins_of(given, fit)
    return [
        tuple(float(power[row, copy] / power[row, row]) for copy, of in twins.items() if of == row)
        for row in range(len(power))
    ]


def _solved(tables: Tables, weights: _Array, moves: _Array) -> _Array:
    matrix, right = tables.weighed(weights * np.square(moves), weights * moves)
    sizes = np.sqrt(np.diag(matrix)) + 1e-30
    normal = matrix / np.outer(sizes, sizes) + 1e-9 * np.eye(tables.stems)
    return np.asarray(np.linalg.solve(normal, right / sizes) / sizes)


def _by_row(shared: _Array, single: _Array, weights: _Array) -> _Array:
    """The gain of each row that explains most of it, 1 where nothing sounds."""
    size = (weights * shared).sum(axis=1)
    return np.where(size > 1e-6, (weights * single).sum(axis=1) / np.maximum(size, 1e-6), 1.0)


def _middle(values: _Array, weights: _Array) -> float:
    order = np.argsort(values)
    added = np.cumsum(weights[order])
    found = float(values[order[int(np.searchsorted(added, 0.5 * added[-1]))]])
    return found if found > 0.0 else 1.0
