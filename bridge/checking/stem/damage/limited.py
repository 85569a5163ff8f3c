"""`limited`: a stem that went through a brick-wall limiter already.

Where many pieces of 50 ms peak at the very same level though they are not equally loud about their
peaks, a wall held them. They have to be so within a sound, from one piece to the next: notes and
hits that were made as high as each other reach their level once, and an oscillator's waveform stays
what it is while it has one. Notes of one timbre that were held are as loud each time, too: their
mark is that they stay at the wall for much of their time, not nearly all of it, and then die away
from it as slowly as they would have without it. A bass that is folded, driven or modulated peaks
at one level by itself, whatever its shape: in most pieces, upwards and downwards, and with most of
its half waves, where a limiter holds the highest of what its look-ahead sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from bridge.audio import Block
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from stemwright.decibels import amplitude_db

_HALF_S = 0.025
"""Half a piece: as short as has a peak of a low bass in it."""
_ABOUT_S = 0.005
_AT_WALL_DB = 0.12
_NEAR = 10 ** (-_AT_WALL_DB / 20)
_SOUNDING_DB = 40.0
_FEWEST = 12
_SHARE = 0.04
"""Of the pieces that sound."""
_UNLIKE = ((8, 0.2, 0.6, 2.5), (12, 0.2, 0.45, 2.5), (24, 0.05, 0.6, 4.6))
"""So many steps from a piece at the wall to the next, most of which move its loudness by so much,
and so wide a spread of the loudness of all at the wall, and so crowded a wall: vowels that glide
have small steps. A synthesizer's notes have one or the other; normed hits and phrases have up to 6
steps.
"""
_BELOW_DB = 0.6
_CROWDED = 2.5
"""At the wall are so many times more than in as wide a step under it."""
_EXACTLY_DB = 0.05
"""Half of those at the wall are as near: a wall has a level, not a range."""
_BOTH_WAYS, _BENT_SHARE = 0.87, 0.6
"""Of the pieces at the wall, so many peak there upwards and downwards, and of those that sound so
many are at it: a sound that was bent or folded by a curve, by its oscillator or its drive.
"""
_HALF_WAVES, _TALL = 0.3, 0.5
"""Of a piece's half waves that are so tall against its highest, so many are as high as it: of what
is bent 0.8 and more, 0.5 of what two voices drive together, of held music 0.2. Only a held sine
has as many; it is as loud in all pieces.
"""
_SHARE_HELD, _MOST_HELD = 0.25, 0.6
"""Of the halves that sound; what is always at one level has that level by itself."""
_STAYED, _STAYED_DB, _BENT = 3, 0.025, 0.25
"""Halves at the wall before it is left, how near they are, and what they fall by of what the next
fall by: a vowel that turns into another has a round top.
"""
_FEWEST_LEFT = 4
_SHARE_LEFT = 0.12
"""Of the times that the wall is left: those where a note dies away."""
_LEFT_DB, _RISING_DB = 2.0, 0.03
"""What a note that dies away loses in half a piece at most, and what it may gain in the second."""


class Limited:
    """Peak of every piece and the power about it; told once, from the first at the wall on."""

    codes: ClassVar[tuple[str, ...]] = ("limited",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._half = round(_HALF_S * facts.sample_rate_hz)
        self._piece = 2 * self._half
        self._about = round(_ABOUT_S * facts.sample_rate_hz)
        self._frames = facts.frames
        self._halves: list[Block] = []
        self._powers: list[Block] = []
        self._others: list[Block] = []
        """The lower of a piece's peaks upwards and downwards, of the side where it is higher."""
        self._as_high: list[Block] = []
        """Share of a piece's tall half waves as high as the highest, of its higher side."""
        self._highest = 0.0

    def hear(self, passage: Passage) -> None:
        """Take the pieces that begin in the core and are complete."""
        first, size = passage.first, self._piece
        begin = -(-(first + passage.core_start) // size)
        end = min(
            -(-(first + passage.core_stop) // size), (first + passage.samples.shape[1]) // size
        )
        if end <= begin:
            return
        heard = slice(begin * size - first, end * size - first)
        tops = passage.magnitudes[:, heard].max(axis=0)
        sides = passage.samples[:, heard].reshape(len(passage.samples), -1, size)
        pieces = tops.reshape(end - begin, size)
        at = begin * size - first + np.arange(end - begin) * size + pieces.argmax(axis=1)
        power = np.square(passage.samples).sum(axis=0)
        added = np.concatenate([[0.0], np.cumsum(power)])
        low = np.maximum(at - self._about, 0)
        high = np.minimum(at + self._about, len(power))
        peaks = pieces.max(axis=1)
        so_far = np.maximum.accumulate(np.maximum(peaks, self._highest))
        self._highest = float(so_far[-1])
        may_be_at_wall = np.flatnonzero(peaks > so_far * _NEAR)
        higher = np.abs(sides[:, may_be_at_wall]).max(axis=2).argmax(axis=0)
        as_high = np.zeros(len(peaks))
        as_high[may_be_at_wall] = _half_waves_as_high(sides[higher, may_be_at_wall])
        self._as_high.append(as_high)
        self._halves.append(tops.reshape(-1, self._half).max(axis=1))
        self._powers.append((added[high] - added[low]) / (high - low))
        self._others.append(np.minimum(sides.max(axis=2), -sides.min(axis=2)).max(axis=0))

    def findings(self) -> Iterator[Found]:
        """One, if there is a wall."""
        halves = np.concatenate(self._halves) if self._halves else np.zeros(0)
        powers = np.concatenate(self._powers) if self._powers else np.zeros(0)
        if not len(halves) or float(halves.max()) < 1e-3:
            return
        halves_db = 20.0 * np.log10(halves + 1e-9)
        peaks_db = halves_db.reshape(-1, 2).max(axis=1)
        wall_db = float(peaks_db.max())
        at_wall = peaks_db > wall_db - _AT_WALL_DB
        count = int(np.count_nonzero(at_wall))
        sounding = int(np.count_nonzero(peaks_db > wall_db - _SOUNDING_DB))
        crowd = _crowd(peaks_db - wall_db)
        if count < max(_FEWEST, _SHARE * sounding) or crowd < _CROWDED:
            return
        powers_db = 10.0 * np.log10(powers + 1e-18)
        is_unlike = _is_unlike(powers_db, at_wall, crowd) and not self._is_bent(at_wall, sounding)
        if not is_unlike and not _is_held(halves_db - wall_db):
            return
        found = np.flatnonzero(at_wall)
        start, stop = int(found[0]) * self._piece, (int(found[-1]) + 1) * self._piece
        level_db = amplitude_db(float(halves.max()))
        words = (
            f"limited already: {100 * count / sounding:.0f} % of it peaks at {level_db:.1f} dBFS"
        )
        yield Found("limited", "minor", start, min(stop, self._frames), level_db, words)

    def _is_bent(self, at_wall: npt.NDArray[np.bool_], sounding: int) -> bool:
        """Whether most pieces are at the wall, upwards, downwards and with most half waves."""
        if np.count_nonzero(at_wall) < _BENT_SHARE * sounding:
            return False
        others = np.concatenate(self._others)[at_wall]
        both = others > others.max() * _NEAR
        as_high = float(np.median(np.concatenate(self._as_high)[at_wall]))
        return bool(both.mean() >= _BOTH_WAYS) and as_high >= _HALF_WAVES


def _half_waves_as_high(pieces: Block) -> Block:
    """(pieces,) share of the tall half waves of (pieces, frames) as high as the highest."""
    count, size = pieces.shape
    begins = np.ones((count, size), bool)
    begins[:, 1:] = np.diff(np.signbit(pieces), axis=1)
    starts = np.flatnonzero(begins)
    if not len(starts):
        return np.zeros(0)
    heights = np.maximum.reduceat(np.abs(pieces).ravel(), starts)
    of_piece = starts // size
    highest = np.abs(pieces).max(axis=1)[of_piece]
    tall = np.bincount(of_piece[heights > _TALL * highest], minlength=count)
    as_high = np.bincount(of_piece[heights > _NEAR * highest], minlength=count)
    return np.asarray(as_high / np.maximum(tall, 1))


def _crowd(under_db: Block) -> float:
    """How many times more peaks are at the wall than right under it; they are against the highest.

    0 where most of those at the wall are not at its very level.
    """
    at_wall_db = under_db[under_db > -_AT_WALL_DB]
    if float(np.median(at_wall_db)) < -_EXACTLY_DB:
        return 0.0
    below = np.count_nonzero((under_db <= -_AT_WALL_DB) & (under_db > -_BELOW_DB))
    return len(at_wall_db) / max(below * _AT_WALL_DB / (_BELOW_DB - _AT_WALL_DB), 1e-9)


def _is_unlike(powers_db: Block, at_wall: npt.NDArray[np.bool_], crowd: float) -> bool:
    """Whether the pieces at the wall are not equally loud, those of one sound neither."""
    in_a_row = at_wall[1:] & at_wall[:-1]
    steps_db = np.abs(np.diff(powers_db))[in_a_row]
    step_db = float(np.median(steps_db)) if len(steps_db) else 0.0
    spread_db = float(np.std(powers_db[at_wall]))
    return any(
        len(steps_db) >= fewest
        and step_db >= moving_db
        and spread_db >= unlike_db
        and crowd >= crowded
        for fewest, moving_db, unlike_db, crowded in _UNLIKE
    )


def _is_held(under_db: Block) -> bool:
    """Whether notes stay at the wall and then die away from it; peaks against the highest."""
    if len(under_db) < _STAYED + 2:
        return False
    at_wall = under_db > -_AT_WALL_DB
    share = np.count_nonzero(at_wall) / np.count_nonzero(under_db > -_SOUNDING_DB)
    if not _SHARE_HELD <= share <= _MOST_HELD:
        return False
    leaves = at_wall[:-2] & ~at_wall[1:-1] & ~at_wall[2:]
    step_db = under_db[1:-1] - under_db[2:]
    dies = (under_db[1:-1] > -_LEFT_DB) & (step_db > -_RISING_DB) & (step_db < _LEFT_DB)
    stayed = sliding_window_view(under_db[:-2], _STAYED).min(axis=1) > -_STAYED_DB
    before_db, after_db = (under_db[:-2] - under_db[2:])[:-2], (under_db[:-2] - under_db[2:])[2:]
    bends = before_db < _BENT * after_db
    dying = np.count_nonzero((leaves & dies)[_STAYED - 1 :] & stayed & bends)
    return bool(dying >= max(_FEWEST_LEFT, _SHARE_LEFT * np.count_nonzero(leaves)))
