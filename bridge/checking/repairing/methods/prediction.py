"""Damaged samples of one side, predicted from both sides of them, and what that is worth.

Where the other side of a stereo stem is whole there, what it shares with this one is taken from
it and the rest alone predicted. What a prediction is worth is tried out on whole samples beside
the place: as many of them, as if they were lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bridge.audio import Block
from bridge.checking.autoregressive.autoregression import Mask, filled
from bridge.checking.repairing.methods.stretches import Stretch

_SHORT = 24
_SHORT_ORDER, _ORDER = 120, 1024
_ROUNDS = 3
AROUND = 8192
"""Frames wanted on both sides of what is predicted."""
_SHORT_AROUND = 1024
_APART = 64
"""Frames between a place and those where its prediction is tried out."""


@dataclass(frozen=True)
class Predicted:
    """`samples` (frames,) with those of the mask made anew.

    `error` and `sound` are the energies a sample of what such a prediction was off by, and of what
    was there, where it was tried out; nan where there was no room for it.
    """

    samples: Block
    error: float
    sound: float


def predicted(stretch: Stretch, channel: int, mask: Mask, other_is_whole: bool) -> Predicted:
    """The stretch's side with the samples of `mask` (frames,) predicted."""
    places = np.flatnonzero(mask)
    begin, stop = int(places[0]), int(places[-1]) + 1
    around = _SHORT_AROUND if stop - begin <= _SHORT else AROUND
    near = slice(max(0, begin - around), stop + around)
    small = _Side.of(stretch, channel, near, other_is_whole)
    unknown = mask[near] | stretch.blind[near] | stretch.broken[channel, near]
    samples = stretch.samples[channel].copy()
    made = small.with_filled(unknown, stop - begin)
    inside = mask[near]
    samples[near][inside] = made[inside]
    whole = replace(small, own=made)
    beside = stretch.blind[near] & ~mask[near]
    error, sound = _tried(whole, beside, begin - near.start, stop - near.start)
    return Predicted(samples, error, sound)


@dataclass(frozen=True)
class _Side:
    own: Block
    other: Block | None

    @staticmethod
    def of(stretch: Stretch, channel: int, near: slice, other_is_whole: bool) -> _Side:
        own = stretch.samples[channel, near]
        stereo = len(stretch.samples) == 2
        whole = stereo and other_is_whole and not stretch.broken[1 - channel, near].any()
        return _Side(own, stretch.samples[1 - channel, near] if whole else None)

    def with_filled(self, unknown: Mask, length: int) -> Block:
        """(frames,) with the unknown samples predicted; `length` frames are the longest of it."""
        if self.other is None:
            return _filled(self.own, unknown, length)
        known = ~unknown
        power = float(np.square(self.other[known]).sum())
        shared = float((self.own * self.other)[known].sum()) / power if power > 0.0 else 0.0
        rest = _filled(self.own - shared * self.other, unknown, length)
        made = self.own.copy()
        made[unknown] = (rest + shared * self.other)[unknown]
        return made


def _filled(samples: Block, unknown: Mask, length: int) -> Block:
    if length <= _SHORT:
        return filled(samples, unknown, _SHORT_ORDER, _ROUNDS, tapered=True)
    return filled(samples, unknown, _ORDER, _ROUNDS)


def _tried(side: _Side, unknown: Mask, begin: int, stop: int) -> tuple[float, float]:
    """The energies a sample of error and sound of two trials, before the place and behind it."""
    length, errors, sounds, count = stop - begin, 0.0, 0.0, 0
    for start in (begin - _APART - length, stop + _APART):
        if start < 0 or start + length > len(unknown) or unknown[start : start + length].any():
            continue
        lost = unknown.copy()
        lost[start : start + length] = True
        made = side.with_filled(lost, length)[start : start + length]
        there = side.own[start : start + length]
        errors += float(np.square(made - there).sum())
        sounds += float(np.square(there).sum())
        count += length
    return (errors / count, sounds / count) if count else (float("nan"), float("nan"))
