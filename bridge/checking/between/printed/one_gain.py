"""Whether one gain that all stems together drive moves each of them; or one that one stem drives.

A compressor goes down with what is loud and comes back while it is quiet, at each moment of a song
and not only at its hits. What it would do to a song is computed, and held to how the stems move
where they sound on: by nothing that is played does each follow all others in that way. What its own
level has to do with how a stem moves is taken out before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from bridge.checking.between.printed.moving import BEFORE, Moving, Rows, row_db, step_db
from bridge.checking.correlation import weighted_median
from bridge.checking.levels import smoothed

_UNDER_TOP_DB = (10.0, 4.0)
_ATTACK_ROWS = (0.0, 1.5)
_RELEASE_ROWS = (12.0, 30.0)
_MUCH_DB = 6.0
"""A step of a stem that is larger is a note's, not a gain's."""
_FEWEST_ROWS, _MOST_WEIGHT, _FEWEST_STEMS = 60, 600, 3
_NOT_LOUD_DB = 12.0
"""A stem that is so much less loud than all together drives nothing."""
_LEAST_STEP_DB = 0.05
_LEAST_OVER_DB = 1e-3


@dataclass(frozen=True)
class OneGain:
    """How well stems follow a gain that all together drive: mean and middle correlation.

    `key` is the stem which alone explains it best, None where none is loud enough; `by_key` how
    well the others follow that one, `beyond_key` how well what the rest does as well.
    """

    mean: float
    middle: float
    key: str | None = None
    by_key: float = 0.0
    beyond_key: float = 0.0


@dataclass(frozen=True)
class _Bus:
    """A compressor of rows; its threshold lies so far under the loudest twentieth."""

    under_top_db: float
    attack_rows: float
    release_rows: float

    def gain_db(self, level_db: Rows, top_db: float) -> Rows:
        """What it does at each row, up to a factor: down at once or in a while, slowly back."""
        over_db = np.maximum(level_db - top_db + self.under_top_db, _LEAST_OVER_DB)
        past = np.arange(len(over_db)) / self.release_rows
        held_db = np.exp(np.maximum.accumulate(np.log(over_db) + past) - past)
        if self.attack_rows:
            left = float(np.exp(-1.0 / self.attack_rows))
            held_db = smoothed(held_db, left)
        return -np.asarray(held_db)


_BUSES = tuple(_Bus(*each) for each in product(_UNDER_TOP_DB, _ATTACK_ROWS, _RELEASE_ROWS))


@dataclass(frozen=True)
class _Followed:
    """What a stem does where it sounds on, `moved_db`, and the rows of that."""

    name: str
    moved_db: Rows
    at: npt.NDArray[np.int64]

    @property
    def weight(self) -> float:
        return float(min(len(self.at), _MOST_WEIGHT))


def one_gain(stems: Mapping[str, Moving]) -> OneGain | None:
    """None where too few of the stems sound on."""
    followed = list(_followed(stems))
    if len(followed) < _FEWEST_STEMS:
        return None
    totals = {name: each.total for name, each in stems.items()}
    whole = np.sum(list(totals.values()), axis=0)
    levels_db = {name: row_db(total) for name, total in totals.items()}
    rest_db = {each.name: row_db(np.maximum(whole - totals[each.name], 0.0)) for each in followed}
    top_db = float(np.quantile(row_db(whole), 0.95))
    weights = [each.weight for each in followed]

    def likenesses(bus: _Bus) -> list[float]:
        return [_likeness(bus, each, rest_db, levels_db, top_db) for each in followed]

    by_bus = {bus: likenesses(bus) for bus in _BUSES}
    bus = max(_BUSES, key=lambda each: float(np.average(by_bus[each], weights=weights)))
    found = by_bus[bus]
    mean, middle = float(np.average(found, weights=weights)), weighted_median(found, weights)
    keys = [
        (by_key, beyond, name)
        for name in stems
        if float(np.quantile(levels_db[name], 0.98)) > top_db - _NOT_LOUD_DB
        for by_key, beyond in [_by_key(bus, name, followed, rest_db, levels_db, top_db)]
    ]
    if not keys:
        return OneGain(mean, middle)
    by_key, beyond, name = max(keys)
    return OneGain(mean, middle, name, by_key, beyond)


def _followed(stems: Mapping[str, Moving]) -> Iterator[_Followed]:
    for name, stem in stems.items():
        some = stem.sounds_on & (np.abs(stem.moved_db) < _MUCH_DB)
        if some.sum() >= _FEWEST_ROWS:
            yield _Followed(name, stem.moved_db[some], np.flatnonzero(some) + BEFORE)


def _likeness(
    bus: _Bus,
    one: _Followed,
    rest_db: Mapping[str, Rows],
    levels_db: Mapping[str, Rows],
    top_db: float,
) -> float:
    """How a stem follows what the others do to the bus, but for what it does itself."""
    by_rest = step_db(bus.gain_db(rest_db[one.name], top_db), one.at)
    if float(by_rest.std()) < _LEAST_STEP_DB:
        return 0.0
    itself = step_db(bus.gain_db(levels_db[one.name], top_db), one.at)
    return _alike(by_rest, one.moved_db, (itself,))


def _by_key(
    bus: _Bus,
    key: str,
    followed: list[_Followed],
    rest_db: Mapping[str, Rows],
    levels_db: Mapping[str, Rows],
    top_db: float,
) -> tuple[float, float]:
    """How the others follow one stem, and how they follow all that sounds beyond that."""
    by_key, beyond, weights = [], [], []
    of_key = bus.gain_db(levels_db[key], top_db)
    for one in followed:
        if one.name == key:
            continue
        itself = step_db(bus.gain_db(levels_db[one.name], top_db), one.at)
        by_rest = step_db(bus.gain_db(rest_db[one.name], top_db), one.at)
        its = step_db(of_key, one.at)
        by_key.append(_alike(its, one.moved_db, (itself,)))
        beyond.append(_alike(by_rest, one.moved_db, (itself, its)))
        weights.append(one.weight)
    return float(np.average(by_key, weights=weights)), float(np.average(beyond, weights=weights))


def _alike(one: Rows, other: Rows, but_for: tuple[Rows, ...]) -> float:
    """The correlation of what is left of both without a constant and what `but_for` explains."""
    known = np.stack([np.ones(len(one)), *but_for], axis=1)
    both = np.stack([one, other], axis=1)
    left = both - known @ np.linalg.lstsq(known, both, rcond=None)[0]
    size = float(np.sqrt(np.square(left[:, 0]).sum() * np.square(left[:, 1]).sum()))
    return float(left[:, 0] @ left[:, 1]) / size if size > 1e-9 * len(one) else 0.0
