"""`printed_bus`: stems printed through a limiter or compressor that the whole mix drove.

Whenever the others hit, each stem that only sounds on is turned down with them, as much as at no
calm moment. A bus turns down all of them, whichever of the others hit. Where some sound on as they
were, or where only one stem's hits do it, these are ducked by a side-chain, which is mixing. Where
no other stem hits as loudly as one does, it may be either: that is told as both, and is minor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from bridge.checking.between.port import Song, span_s
from bridge.checking.correlation import weighted_median
from bridge.checking.excerpts import rows_in_song
from bridge.checking.findings import Shared
from stemwright.words import listed

_LEAST = ((0.7, 0.18), (0.45, 0.25))
"""Of the stems' drops at hits, the middle one in dB, and by how much drops are oftener there than
in calm: up to 0.4 and 0.14 on clean songs, from 0.9 and 0.22 printed, or 0.47 and 0.27."""
_FOLLOWS_DB = 0.5
_STAYS_DB, _MOST_STAY = 3.0, 0.25
"""How far from the middle drop one lies that stays as it was, and which share of all may do so."""
_KEYS, _SURELY_DB, _LEAST_OF_IT = 0.5, 4.0, 0.2
"""A stem hits that has so much of the power; how far a bus would go down at the others' hits, from
where it is sure (peaks are not what rows measure); what has less of that is no bus."""
_ALL_HITS = 0.9
"""Of the hits that count, where none had to be sought flattened, from where on they are one stem's:
0.99 where a kick ducks all, up to 0.89 printed, 0.97 where a kick is so much louder than all."""
_HITS_DB, _CALM_DB = (4.0, 3.0), 1.0
"""The others' rise within two rows that is a hit, the lower one where a wall has flattened most of
them; and up to which nothing happens."""
_OWN_ONSET_DB = 4.0
_NEAR_TOP_DB = 4.0
"""A bus works on what is loud: hits count from this much under the mix's 95th percentile."""
_SOUNDS, _SOUNDS_AFTER, _AUDIBLE = 1e-4, 1e-5, 1e-8
_FEWEST_HITS, _FEWEST_CALM, _MOST_WEIGHT = 6, 20, 30
_FEWEST_STEMS, _FEWEST_OF_ALL = 3, 30
_NOTHING = 1e-12
_BEFORE, _AFTER = 6, 12

_Rows = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Follower:
    """How a stem takes the others' hits: `drop_db` against calm moments, how much oftener.

    `hits_by` has how many of these are whose.
    """

    id: str
    hits: int
    drop_db: float
    oftener: float
    one_stem_ducks: bool
    hits_by: Mapping[str, int]


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
        names = [each.audio.facts.id for each in stems]
        tried = ((hit_db, _followers(names, tables, hit_db)) for hit_db in _HITS_DB)
        hit_db, heard = next((each for each in tried if _are_enough(each[1])), (0.0, []))
        if not heard:
            return
        weights = [float(min(each.hits, _MOST_WEIGHT)) for each in heard]
        drop_db = weighted_median([each.drop_db for each in heard], weights)
        oftener = float(np.average([each.oftener for each in heard], weights=weights))
        if not any(drop_db >= least_db and oftener >= least for least_db, least in _LEAST):
            return
        followers = [each for each in heard if each.drop_db >= _FOLLOWS_DB]
        if hit_db != _HITS_DB[0] and len(followers) < _FEWEST_STEMS:
            return  # softer hits are more often chance, which two stems may share
        stay = [each.drop_db < min(_FOLLOWS_DB, drop_db - _STAYS_DB) for each in heard]
        if float(np.average(stay, weights=weights)) > _MOST_STAY:
            return
        if 2 * sum(each.one_stem_ducks for each in followers) > len(followers):
            return
        key = _only_key(heard) if hit_db == _HITS_DB[0] else None
        if key is not None:
            yield _told_of_one(song, followers, key, drop_db)
        else:
            yield _told(song, followers, {each.id for each in heard}, drop_db)


def _only_key(heard: Sequence[_Follower]) -> str | None:
    """The stem that makes nearly all hits that count, None where several do."""
    hits_by: Counter[str] = Counter()
    for each in heard:
        hits_by.update(each.hits_by)
    (name, count), *_ = hits_by.most_common(1)
    return name if count >= _ALL_HITS * sum(each.hits for each in heard) else None


def _told_of_one(song: Song, followers: Sequence[_Follower], key: str, drop_db: float) -> Shared:
    names = [each.id for each in followers]
    words = (
        f"{listed(names)} go down by {drop_db:.1f} dB when {key} hits, and nothing else hits as "
        "loudly: ducked by it, or printed through the mix's limiter or compressor"
    )
    return Shared("printed_bus", "minor", (*names, key), *_span_s(song), drop_db, words)


def _told(song: Song, followers: Sequence[_Follower], heard: Set[str], drop_db: float) -> Shared:
    """Those that never sound on while others hit came the same way: a bus takes all stems."""
    names = [each.id for each in followers]
    rest = [
        each.audio.facts.id
        for each in song.stems
        if each.audio.facts.id not in heard and rows_in_song(each).any()
    ]
    words = (
        f"{listed(names)} go down by {drop_db:.1f} dB when the others hit: printed through "
        "the mix's limiter or compressor"
    )
    if rest:
        words += f", and so most likely {listed(rest)}, whose notes are too short to tell"
    return Shared("printed_bus", "major", (*names, *rest), *_span_s(song), drop_db, words)


def _span_s(song: Song) -> tuple[float, float]:
    spans = [span_s(each) for each in song.stems]
    return min(start for start, _ in spans), max(end for _, end in spans)


def _are_enough(heard: Sequence[_Follower]) -> bool:
    return len(heard) >= _FEWEST_STEMS and sum(each.hits for each in heard) >= _FEWEST_OF_ALL


def _followers(
    names: Sequence[str], tables: Sequence[npt.NDArray[np.float32]], hit_db: float
) -> list[_Follower]:
    rows = max(len(table) for table in tables)
    if rows <= _BEFORE + _AFTER:
        return []
    padded = [np.pad(table, ((0, rows - len(table)), (0, 0))).astype(float) for table in tables]
    whole = np.sum([table.sum(axis=1) for table in padded], axis=0)
    loud_db = _db(np.quantile(whole, 0.95)) - _NEAR_TOP_DB
    totals = [each.sum(axis=1) for each in padded]
    found = []
    for at, (name, own) in enumerate(zip(names, padded, strict=True)):
        others = {names[other]: each for other, each in enumerate(totals) if other != at}
        follower = _follower(name, own, others, float(loud_db), hit_db)
        if follower is not None:
            found.append(follower)
    return found


def _follower(
    name: str, own: _Rows, each_other: Mapping[str, _Rows], loud_db: float, hit_db: float
) -> _Follower | None:
    """None where too little of it sounds on while others hit."""
    others = np.sum(list(each_other.values()), axis=0)
    at = np.arange(_BEFORE, len(own) - _AFTER)
    moved_db, still = _moved_db(own, at)
    hit, calm = _moments(others, at, loud_db, hit_db)
    hits, calms = moved_db[hit & still], moved_db[calm & still]
    if len(hits) < _FEWEST_HITS or len(calms) < _FEWEST_CALM:
        return None
    usual_db = float(np.median(calms))
    oftener = np.mean(hits < usual_db - _FOLLOWS_DB) - np.mean(calms < usual_db - _FOLLOWS_DB)
    powers = {other: rows[at[hit & still]] for other, rows in each_other.items()}
    one_ducks = _is_ducked_by_one(usual_db - hits, np.asarray(list(powers.values())))
    total = others[at[hit & still]]
    hits_by = {other: int((its > _KEYS * total).sum()) for other, its in powers.items()}
    drop_db = usual_db - float(np.median(hits))
    return _Follower(name, len(hits), drop_db, float(oftener), one_ducks, hits_by)


def _is_ducked_by_one(drops_db: _Rows, powers: _Rows) -> bool:
    """Whether it goes down where one of the others hits, and not where the rest do as loudly.

    `powers` (others, hits). A bus goes down at a hit that is so much less loud by no more than
    that less.
    """
    levels_db = _db(powers.sum(axis=0))
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
    others: _Rows, at: npt.NDArray[np.int64], loud_db: float, hit_db: float
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The rows in which the others hit loudly, and those in which nothing happens."""
    before = (others[at - 2] + others[at - 3] + others[at - 4]) / 3
    rise_db = _db(others[at]) - _db(before)
    level_db = _db(others[at])
    around = np.pad(rise_db, 1, constant_values=-np.inf)
    peak = (rise_db >= around[:-2]) & (rise_db >= around[2:])
    hit = (rise_db > hit_db) & (level_db > loud_db) & peak
    return hit, np.abs(rise_db) < _CALM_DB


def _db(powers: npt.ArrayLike) -> _Rows:
    return np.asarray(10.0 * np.log10(np.asarray(powers, float) + _NOTHING))
