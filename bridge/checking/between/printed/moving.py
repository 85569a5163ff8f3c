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
_NOTHING = 1e-12


@dataclass(frozen=True)
class Moving:
    """`powers` (rows, bands) of a stem in the song's time, and how it moves.

    `moved_db` and `sounds_on` are of each row from BEFORE on but the last AFTER: the middle band's
    step there, and whether it sounds and does not hit by itself.
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
    moved_db = np.sort(np.where(sounds, steps_db, np.inf), axis=1)
    count = sounds.sum(axis=1)
    row, last = np.arange(len(at)), np.maximum(count - 1, 0)
    middle_db = (moved_db[row, last // 2] + moved_db[row, (last + 1) // 2]) / 2
    return middle_db, (count >= 2) & (moved_db[row, last] < _OWN_ONSET_DB)
