"""`printed_bus`: stems printed through a limiter or compressor that the whole mix drove.

Whenever the others hit, each stem that only sounds on is turned down with them, as much as at no
calm moment. One stem ducked by the kick is an effect; a bus turns down half of them and more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from bridge.checking.between.port import Song, span_s
from bridge.checking.correlation import weighted_median
from bridge.checking.excerpts import rows_in_song
from bridge.checking.findings import Shared
from stemwright.words import listed

_LEAST_DB = 0.7
"""Of the stems' drops at hits, the middle one: 0.0 to 0.4 dB on clean songs, from 0.9 printed."""
_LEAST_OFTENER = 0.18
"""By how much drops are oftener at hits than in calm: up to 0.14 on clean songs, from 0.22."""
_FOLLOWS_DB = 0.5
_HIT_DB, _CALM_DB = 4.0, 1.0
"""The others' rise within two rows that is a hit, and up to which nothing happens."""
_OWN_ONSET_DB = 4.0
_NEAR_TOP_DB = 4.0
"""A bus works on what is loud: hits count from this much under the mix's 95th percentile."""
_SOUNDS, _SOUNDS_AFTER, _AUDIBLE = 1e-4, 1e-5, 1e-8
_FEWEST_HITS, _FEWEST_CALM, _MOST_WEIGHT = 6, 20, 30
_FEWEST_STEMS, _FEWEST_OF_ALL = 3, 30
_LEAST = 1e-12
_BEFORE, _AFTER = 6, 12

_Rows = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Follower:
    """How a stem takes the others' hits: `drop_db` against calm moments, how much oftener."""

    id: str
    hits: int
    drop_db: float
    oftener: float


class PrintedBus:
    """One for the song, with the stems whose gain follows the others."""

    codes: ClassVar[tuple[str, ...]] = ("printed_bus",)
    quick: ClassVar[bool] = False

    def find(self, song: Song) -> Iterator[Shared]:
        """At most one."""
        known = {id(copy.one) for copy in song.copies}
        stems = [each for each in song.stems if id(each) not in known]
        if len(stems) < _FEWEST_STEMS:
            return
        tables = [rows_in_song(each) for each in stems]
        heard = _followers([each.audio.facts.id for each in stems], tables)
        if len(heard) < _FEWEST_STEMS or sum(each.hits for each in heard) < _FEWEST_OF_ALL:
            return
        weights = [float(min(each.hits, _MOST_WEIGHT)) for each in heard]
        drop_db = weighted_median([each.drop_db for each in heard], weights)
        oftener = float(np.average([each.oftener for each in heard], weights=weights))
        if drop_db < _LEAST_DB or oftener < _LEAST_OFTENER:
            return
        names = [each.id for each in heard if each.drop_db >= _FOLLOWS_DB]
        spans = [span_s(each) for each in stems]
        yield Shared(
            "printed_bus",
            "major",
            tuple(names),
            min(start_s for start_s, _ in spans),
            max(end_s for _, end_s in spans),
            drop_db,
            f"{listed(names)} go down by {drop_db:.1f} dB when the others hit: printed through "
            "the mix's limiter or compressor",
        )


def _followers(names: Sequence[str], tables: Sequence[npt.NDArray[np.float32]]) -> list[_Follower]:
    rows = max(len(table) for table in tables)
    if rows <= _BEFORE + _AFTER:
        return []
    padded = [np.pad(table, ((0, rows - len(table)), (0, 0))).astype(float) for table in tables]
    whole = np.sum([table.sum(axis=1) for table in padded], axis=0)
    loud_db = _db(np.quantile(whole, 0.95)) - _NEAR_TOP_DB
    found = []
    for name, own in zip(names, padded, strict=True):
        others = np.maximum(whole - own.sum(axis=1), 0.0)
        follower = _follower(name, own, others, float(loud_db))
        if follower is not None:
            found.append(follower)
    return found


def _follower(name: str, own: _Rows, others: _Rows, loud_db: float) -> _Follower | None:
    """None where too little of it sounds on while others hit."""
    at = np.arange(_BEFORE, len(own) - _AFTER)
    moved_db, still = _moved_db(own, at)
    hit, calm = _moments(others, at, loud_db)
    hits, calms = moved_db[hit & still], moved_db[calm & still]
    if len(hits) < _FEWEST_HITS or len(calms) < _FEWEST_CALM:
        return None
    usual_db = float(np.median(calms))
    oftener = np.mean(hits < usual_db - _FOLLOWS_DB) - np.mean(calms < usual_db - _FOLLOWS_DB)
    return _Follower(name, len(hits), usual_db - float(np.median(hits)), float(oftener))


def _moved_db(own: _Rows, at: npt.NDArray[np.int64]) -> tuple[_Rows, npt.NDArray[np.bool_]]:
    """How a stem's level moves around rows, its middle band; where it sounds on, and hits not."""
    levels_db, top = _db(own), own.max(axis=0)
    before_db = (levels_db[at - 3] + levels_db[at - 2]) / 2
    after_db = (levels_db[at + 1] + levels_db[at + 2]) / 2
    sounds = (own[at - 3] > np.maximum(_SOUNDS * top, _AUDIBLE)) & (
        own[at + 2] > _SOUNDS_AFTER * top
    )
    moved_db = np.sort(np.where(sounds, after_db - before_db, np.inf), axis=1)
    count = sounds.sum(axis=1)
    enough = count >= 2
    row, last = np.arange(len(at)), np.maximum(count - 1, 0)
    middle_db = (moved_db[row, last // 2] + moved_db[row, (last + 1) // 2]) / 2
    return middle_db, enough & (moved_db[row, last] < _OWN_ONSET_DB)


def _moments(
    others: _Rows, at: npt.NDArray[np.int64], loud_db: float
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The rows in which the others hit loudly, and those in which nothing happens."""
    before = (others[at - 2] + others[at - 3] + others[at - 4]) / 3
    rise_db = _db(others[at]) - _db(before)
    level_db = _db(others[at])
    around = np.pad(rise_db, 1, constant_values=-np.inf)
    peak = (rise_db >= around[:-2]) & (rise_db >= around[2:])
    hit = (rise_db > _HIT_DB) & (level_db > loud_db) & peak
    return hit, np.abs(rise_db) < _CALM_DB


def _db(powers: npt.ArrayLike) -> _Rows:
    return np.asarray(10.0 * np.log10(np.asarray(powers, float) + _LEAST))
