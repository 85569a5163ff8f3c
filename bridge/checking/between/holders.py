"""Which stems of a song hold which others: by their sketches first, then by samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from bridge.audio import Block
from bridge.checking.between.holding import Held, held
from bridge.checking.excerpts import excerpt, loud_places, loudness_by_row, rows_in_song
from bridge.checking.hearing import Heard
from stemwright.decibels import power_db
from stemwright.problems import InputError

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


@dataclass(frozen=True)
class Holding:
    """`holder` holds `part` in every place where that sounds, as `how` says."""

    holder: Heard
    part: Heard
    how: Held


def holdings(stems: Sequence[Heard]) -> Iterator[Holding]:
    """Every two stems of which one holds the other, both at the song's time.

    Where each seems to hold the other, the one that lacks less of it does.
    """
    for one, other in combinations(stems, 2):
        found = [each for each in (_holding(one, other), _holding(other, one)) if each is not None]
        if found:
            yield min(found, key=lambda each: each.how.lacking)


def _holding(holder: Heard, part: Heard) -> Holding | None:
    if _most_gain_db(holder, part) < _QUIETEST_DB:
        return None
    try:
        how = held(_places(holder, part))
    except InputError:
        return None
    enough = how.share_db >= _LEAST_DB and how.steady >= _STEADY and how.lacking <= _LACKING
    return Holding(holder, part, how) if enough else None


def _most_gain_db(holder: Heard, part: Heard) -> float:
    """By how much the holder could hold the part at the most: it sounds wherever that does."""
    one, other = rows_in_song(holder), rows_in_song(part)
    rows = max(len(one), len(other))
    one, other = (np.pad(each, ((0, rows - len(each)), (0, 0))) for each in (one, other))
    sounds = other > np.maximum(_BAND_SOUNDS * other.max(axis=0, initial=0.0), _SOUNDS)
    if not sounds.any():
        return -np.inf
    return power_db(float(np.quantile(one[sounds] / other[sounds], _SELDOM)))


def _places(holder: Heard, part: Heard) -> list[tuple[Block, Block]]:
    """Both where the part is loud, and where the holder has little else."""
    rate_hz = min(holder.audio.facts.sample_rate_hz, part.audio.facts.sample_rate_hz)
    whole, powers = loudness_by_row(holder), loudness_by_row(part)
    rows = max(len(whole), len(powers))
    whole, powers = (np.pad(each, (0, rows - len(each))) for each in (whole, powers))
    bare = np.square(powers) / np.maximum(whole, _SOUNDS)
    spans = [
        (round(start_s * rate_hz), frames)
        for of, frames, count in ((powers, FRAMES, PLACES), (bare, BARE_FRAMES, BARE_PLACES))
        for start_s in loud_places(of, frames / rate_hz, count)
    ]
    return [
        (excerpt(holder.audio, *span, rate_hz), excerpt(part.audio, *span, rate_hz))
        for span in spans
    ]
