"""How stems that sound on are turned down when the others hit, against calm moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bridge.checking.between.printed.moving import AFTER, BEFORE, Moving, Rows, row_db, summed_power
from bridge.checking.correlation import weighted_median

FOLLOWS_DB = 0.5
FEWEST_STEMS = 3
_KEYS, _SURELY_DB, _LEAST_OF_IT = 0.5, 4.0, 0.2
"""A stem hits that has so much of the power; how far a bus would go down at the others' hits, from
where it is sure (peaks are not what rows measure); what has less of that is no bus."""
_STAYS_DB, _RISES_DB = 3.0, 1.0
"""How far from the middle drop one lies that stays as it was; what rises by more plays itself."""
_HITS_DB, _CALM_DB = (4.0, 3.0), 1.0
"""The others' rise within two rows that is a hit, the lower one where a wall has flattened most of
them; and up to which nothing happens."""
_NEAR_TOP_DB = 4.0
"""A bus works on what is loud: hits count from this much under the mix's 95th percentile."""
_FEWEST_HITS, _FEWEST_CALM, _MOST_WEIGHT = 6, 20, 30
_FEWEST_OF_ALL = 24


@dataclass(frozen=True)
class Follower:
    """How a stem takes the others' hits: `drop_db` against calm moments, how much oftener."""

    id: str
    hits: int
    drop_db: float
    oftener: float
    one_stem_ducks: bool

    @property
    def follows(self) -> bool:
        """Whether it goes down at all."""
        return self.drop_db >= FOLLOWS_DB


@dataclass(frozen=True)
class Drops:
    """How all that sound on take the others' hits; the middle drop, the mean of how much oftener.

    `is_sure` says that there are enough stems and hits, and that these were loud ones or are
    followed by several stems.
    """

    heard: tuple[Follower, ...] = ()
    drop_db: float = 0.0
    oftener: float = 0.0
    is_sure: bool = False

    @property
    def followers(self) -> list[Follower]:
        """Those that go down."""
        return [each for each in self.heard if each.follows]

    @property
    def followed_db(self) -> float:
        """The middle drop of those that go down; 0 where none does."""
        those = self.followers
        return weighted_median([e.drop_db for e in those], _weights(those)) if those else 0.0

    @property
    def share_that_stays(self) -> float:
        """Of all hits, those of stems that stay as they were."""
        under_db = min(FOLLOWS_DB, self.drop_db - _STAYS_DB)
        stays = [float(-_RISES_DB < each.drop_db < under_db) for each in self.heard]
        return _mean(self.heard, stays)

    @property
    def one_stem_ducks(self) -> bool:
        """Whether most followers heed one stem's hits, and not those of others as loud."""
        return 2 * sum(each.one_stem_ducks for each in self.followers) > len(self.followers)


def drops(stems: Mapping[str, Moving]) -> Drops:
    """At loud hits, or at softer ones where there are too few of these."""
    found = Drops()
    for hit_db in _HITS_DB:
        heard = tuple(_followers(stems, hit_db))
        if not heard:
            continue
        middle_db = weighted_median([each.drop_db for each in heard], _weights(heard))
        oftener = _mean(heard, [each.oftener for each in heard])
        enough = len(heard) >= FEWEST_STEMS and sum(e.hits for e in heard) >= _FEWEST_OF_ALL
        several = sum(each.follows for each in heard) >= FEWEST_STEMS
        # softer hits are more often chance, which two stems may share
        is_sure = enough and (hit_db == _HITS_DB[0] or several)
        found = Drops(heard, middle_db, oftener, is_sure)
        if enough:
            break
    return found


def _weights(heard: Sequence[Follower]) -> list[float]:
    return [float(min(each.hits, _MOST_WEIGHT)) for each in heard]


def _mean(heard: Sequence[Follower], values: Sequence[float]) -> float:
    return float(np.average(values, weights=_weights(heard)))


def _followers(stems: Mapping[str, Moving], hit_db: float) -> list[Follower]:
    whole = summed_power(list(stems.values()))
    loud_db = float(row_db(np.quantile(whole, 0.95))) - _NEAR_TOP_DB
    totals = {name: each.total for name, each in stems.items()}
    found = []
    for name, own in stems.items():
        others = np.stack([total for other, total in totals.items() if other != name])
        follower = _follower(name, own, others, loud_db, hit_db)
        if follower is not None:
            found.append(follower)
    return found


def _follower(
    name: str, own: Moving, each_other: Rows, loud_db: float, hit_db: float
) -> Follower | None:
    """None where too little of it sounds on while others hit; `each_other` (others, rows)."""
    others = each_other.sum(axis=0)
    at = np.arange(BEFORE, len(others) - AFTER)
    hit, calm = _moments(others, at, loud_db, hit_db)
    hits_db = own.moved_db[hit & own.sounds_on]
    calms_db = own.moved_db[calm & own.sounds_on]
    if len(hits_db) < _FEWEST_HITS or len(calms_db) < _FEWEST_CALM:
        return None
    usual_db = float(np.median(calms_db))
    under_db = usual_db - FOLLOWS_DB
    oftener = float(np.mean(hits_db < under_db) - np.mean(calms_db < under_db))
    one_ducks = _is_ducked_by_one(usual_db - hits_db, each_other[:, at[hit & own.sounds_on]])
    drop_db = usual_db - float(np.median(hits_db))
    return Follower(name, len(hits_db), drop_db, oftener, one_ducks)


def _is_ducked_by_one(drops_db: Rows, powers: Rows) -> bool:
    """Whether it goes down where one of the others hits, and not where the rest do as loudly.

    `powers` (others, hits). A bus goes down at a hit that is so much less loud by no more than
    that less.
    """
    levels_db = row_db(powers.sum(axis=0))
    for key in powers:
        its = key > _KEYS * powers.sum(axis=0)
        if min(its.sum(), (~its).sum()) < _FEWEST_HITS // 2:
            continue
        by_it_db, by_others_db = (float(np.median(drops_db[some])) for some in (its, ~its))
        less_db = float(np.median(levels_db[its]) - np.median(levels_db[~its]))
        expected_db = by_it_db - max(less_db, 0.0)
        if expected_db >= _SURELY_DB and by_others_db < _LEAST_OF_IT * expected_db:
            return True
    return False


def _moments(
    others: Rows, at: npt.NDArray[np.int64], loud_db: float, hit_db: float
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The rows in which the others hit loudly, and those in which nothing happens."""
    before = (others[at - 2] + others[at - 3] + others[at - 4]) / 3
    rise_db = row_db(others[at]) - row_db(before)
    level_db = row_db(others[at])
    around = np.pad(rise_db, 1, constant_values=-np.inf)
    peak = (rise_db >= around[:-2]) & (rise_db >= around[2:])
    hit = (rise_db > hit_db) & (level_db > loud_db) & peak
    return hit, np.abs(rise_db) < _CALM_DB
