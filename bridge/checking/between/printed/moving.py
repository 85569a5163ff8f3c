"""How a stem's level moves about each row of its sketch, where it sounds on by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float64]
BEFORE, AFTER = 6, 12
"""Rows at both ends about which nothing is known."""
_OWN_ONSET_DB = 4.0
_SOUNDS, _SOUNDS_AFTER, _AUDIBLE = 1e-4, 1e-5, 1e-8
_ENDS_DB, _BEGINS_DB = 5.0, 7.0
"""What falls on by more after the step, in its middle band, is a note that ends where others begin;
what rises by more, in any band, begins anew. A gain that is held or let go of does neither."""
_NOTHING = 1e-12


@dataclass(frozen=True)
class Moving:
    """`powers` (rows, bands) of a stem in the song's time, and how it moves.

    `moved_db` and `sounds_on` are of each row from BEFORE on but the last AFTER: the middle band's
    step there, and whether it sounds, does not hit by itself and goes on after.
    """

    powers: Rows
    moved_db: Rows
    sounds_on: npt.NDArray[np.bool_]

    @property
    def total(self) -> Rows:
        """The power of each row."""
        return np.asarray(self.powers.sum(axis=1))


def moving(tables: Mapping[str, npt.NDArray[np.float32]]) -> dict[str, Moving]:
    """Of stems' sketches, (rows, bands) by name; none where they are too short."""
    rows = max((len(table) for table in tables.values()), default=0)
    if rows <= BEFORE + AFTER:
        return {}
    at = np.arange(BEFORE, rows - AFTER)
    found = {}
    for name, table in tables.items():
        powers = np.pad(table, ((0, rows - len(table)), (0, 0))).astype(float)
        found[name] = Moving(powers, *_moved_db(powers, at))
    return found


def summed_power(stems: Sequence[Moving]) -> Rows:
    """The power of each row of stems together."""
    return np.asarray(np.sum([each.total for each in stems], axis=0))


def step_db(levels_db: Rows, at: npt.NDArray[np.int64]) -> Rows:
    """How far levels (rows, ...) go up about rows `at`: from 30 ms before to 20 ms after."""
    before_db = (levels_db[at - 3] + levels_db[at - 2]) / 2
    return np.asarray((levels_db[at + 1] + levels_db[at + 2]) / 2 - before_db)


def row_db(powers: npt.ArrayLike) -> Rows:
    """Powers as levels."""
    return np.asarray(10.0 * np.log10(np.asarray(powers, float) + _NOTHING))


def _moved_db(own: Rows, at: npt.NDArray[np.int64]) -> tuple[Rows, npt.NDArray[np.bool_]]:
    """How a stem's level moves around rows, its middle band; where it sounds on, and hits not."""
    top = own.max(axis=0)
    steps_db = step_db(row_db(own), at)
    sounds = (own[at - 3] > np.maximum(_SOUNDS * top, _AUDIBLE)) & (
        own[at + 2] > _SOUNDS_AFTER * top
    )
    middle_db, most_db = _middle_and_most(steps_db, sounds)
    left_db, begun_db = _middle_and_most(_after_db(row_db(own), at), sounds)
    goes_on = (left_db > -_ENDS_DB) & (begun_db < _BEGINS_DB)
    return middle_db, (sounds.sum(axis=1) >= 2) & (most_db < _OWN_ONSET_DB) & goes_on


def _after_db(levels_db: Rows, at: npt.NDArray[np.int64]) -> Rows:
    """How far levels (rows, ...) go up after a step: from 20 ms after rows `at` to 80 ms after."""
    after_db = (levels_db[at + 6] + levels_db[at + 7] + levels_db[at + 8]) / 3
    return np.asarray(after_db - (levels_db[at + 1] + levels_db[at + 2]) / 2)


def _middle_and_most(moved_db: Rows, sounds: npt.NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """Of the bands (rows, bands) that sound, in each row; infinite where none does."""
    in_order_db = np.sort(np.where(sounds, moved_db, np.inf), axis=1)
    row, last = np.arange(len(moved_db)), np.maximum(sounds.sum(axis=1) - 1, 0)
    middle_db = (in_order_db[row, last // 2] + in_order_db[row, (last + 1) // 2]) / 2
    return middle_db, in_order_db[row, last]
