"""Which stems of a song hold which others: by their sketches first, then by samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations, repeat
from typing import Any

import numpy as np

from bridge.audio import Block
from bridge.checking.between.holding import Held, held
from bridge.checking.excerpts import excerpt, loud_places, loudness_by_row, rows_in_song
from bridge.checking.hearing import Heard
from bridge.checking.stem_audio import StemAudio
from stemwright.decibels import power_db
from stemwright.problems import InputError

Mapped = Callable[..., Iterable[Any]]
"""As `map`, for functions of a module: here, or in several processes."""
_Excerpt = Callable[[StemAudio, int, int, int], Block]

FRAMES = 1 << 15
PLACES = 8
BARE_FRAMES = 1 << 13
BARE_PLACES = 8
_LEAST_DB = 8.0
"""How far below the held one what differs must lie; clean pairs reach 4 dB."""
_STEADY = 0.8
_QUIETEST_DB = -30.0
"""Gain by which one is held at the least."""
_LACKING = 0.1
_BAND_SOUNDS = 1e-2
_SOUNDS = 1e-8
_SELDOM = 0.05
_GROUPS = 8
"""Enough for workers that have other things to do as well to end together."""


@dataclass(frozen=True)
class Holding:
    """`holder` holds `part` in every place where that sounds, as `how` says."""

    holder: Heard
    part: Heard
    how: Held


def holdings(stems: Sequence[Heard], mapped: Mapped = map) -> Iterator[Holding]:
    """Every two stems of which one holds the other, both at the song's time.

    Where each seems to hold the other, the one that lacks less of it does. `mapped` looks at them
    group by group.
    """
    groups = [range(first, len(stems), _GROUPS) for first in range(min(_GROUPS, len(stems)))]
    found = dict(chain.from_iterable(mapped(_held_by_others, repeat(stems), groups)))
    for one, other in combinations(range(len(stems)), 2):
        ways = [
            Holding(stems[holder], stems[part], found[holder, part])
            for holder, part in ((one, other), (other, one))
            if (holder, part) in found
        ]
        if ways:
            yield min(ways, key=lambda each: each.how.lacking)


def _held_by_others(
    stems: Sequence[Heard], parts: Sequence[int]
) -> list[tuple[tuple[int, int], Held]]:
    """Of some stems, by their places: (holder, part) and how that one holds it, where it does."""
    found = []
    known = lru_cache(PLACES)(excerpt)  # a part's loud places, for one holder after the other
    for part in parts:
        for holder in range(len(stems)):
            how = _how(stems[holder], stems[part], known) if holder != part else None
            if how is not None:
                found.append(((holder, part), how))
    return found


def _how(holder: Heard, part: Heard, known: _Excerpt) -> Held | None:
    if _most_gain_db(holder, part) < _QUIETEST_DB:
        return None
    try:
        how = held(_places(holder, part, known))
    except InputError:
        return None
    enough = how.share_db >= _LEAST_DB and how.steady >= _STEADY and how.lacking <= _LACKING
    return how if enough else None


def _most_gain_db(holder: Heard, part: Heard) -> float:
    """By how much the holder could hold the part at the most: it sounds wherever that does."""
    one, other = rows_in_song(holder), rows_in_song(part)
    rows = max(len(one), len(other))
    one, other = (np.pad(each, ((0, rows - len(each)), (0, 0))) for each in (one, other))
    sounds = other > np.maximum(_BAND_SOUNDS * other.max(axis=0, initial=0.0), _SOUNDS)
    if not sounds.any():
        return -np.inf
    return power_db(float(np.quantile(one[sounds] / other[sounds], _SELDOM)))


def _places(holder: Heard, part: Heard, known: _Excerpt) -> list[tuple[Block, Block]]:
    """Both where the part is loud, as `known` has it, and where the holder has little else."""
    rate_hz = min(holder.audio.facts.sample_rate_hz, part.audio.facts.sample_rate_hz)
    whole, powers = loudness_by_row(holder), loudness_by_row(part)
    rows = max(len(whole), len(powers))
    whole, powers = (np.pad(each, (0, rows - len(each))) for each in (whole, powers))
    bare = np.square(powers) / np.maximum(whole, _SOUNDS)
    loud = [(round(at * rate_hz), FRAMES) for at in loud_places(powers, FRAMES / rate_hz, PLACES)]
    spans = [
        (round(start_s * rate_hz), BARE_FRAMES)
        for start_s in loud_places(bare, BARE_FRAMES / rate_hz, BARE_PLACES)
    ]
    read = [*((each, known) for each in loud), *((each, excerpt) for each in spans)]
    return [
        (excerpt(holder.audio, *each, rate_hz), part_of(part.audio, *each, rate_hz))
        for each, part_of in read
    ]
