"""Frames of a lossy codec in what came out of it: lines that the encoder gave no bits read zero.

The transform of decoded sound on the encoder's own frames gives its rounded lines back, and many of
them are zero; on frames that begin one sample beside them little of that is left. How small the
lines are is measured by the mean of their logarithms (cf. Herre and Schug, "Analysis of
Decompressed Audio - The Inverse Decoder", 109th AES Convention, 2000, paper 5256).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter

from bridge.audio import Block
from bridge.checking.stem.origin.lapped import LONGEST_REACH, TRANSFORMS, Starts, Transform

EXCERPT_FRAMES = LONGEST_REACH
_SEARCHED, _SEARCHED_SHARE = 10, 0.4
"""In so many excerpts, and no more than this share, every place where frames may begin is tried, in
the others the best ones."""
_GLANCE = 16
"""Others, after which a place must lead if the rest are to be heard."""
_LEAST_OF_VOTES = 0.5
"""Of the deviation that votes add up to where they are of no mind."""
_BEST, _SMOOTHED = 4, 21
_LOWEST = 1 / 12
"""Of the lines, under which an encoder gives bits to all that sounds."""
_NEAR = (2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 36, 48, 64, 96, 128, 192, 256)
_BESIDE = np.array([*(-each for each in _NEAR), *_NEAR])
"""Places that one must stand out from: a sound that was made in blocks of its own, or repeats every
few samples, has some among these that are as good."""
_SHORT = 128
"""Frames of Vorbis may begin so much earlier or later, where it changes their length."""
_LEAST, _MOST = 0.003, 12.0
"""Deviations of an excerpt's places, at least; and how many of them it may have as its vote."""
_ROUNDING = 12**-0.5
_FEWEST = 3
_OF_THE_MIDDLE = 1.4826
"""Deviations of noise, of the magnitude that half of it stays under."""


@dataclass(frozen=True)
class Excerpt:
    """(EXCERPT_FRAMES,) of a stem's side, from its frame `first` on."""

    first: int
    samples: Block


@dataclass(frozen=True)
class Coded:
    """The likeliest frames: of which codec, and how far its own stand out, in deviations."""

    codec: str
    deviations: float


def coded(excerpts: Sequence[Excerpt], sample_rate_hz: int, bits: int) -> Coded:
    """Which codec's frames the excerpts are made of; `bits` are those of the stem's samples.

    Sound that no codec made reaches 2, or 3 where it was made in blocks of its own.
    """
    known = [each for each in TRANSFORMS if each.rate_hz in (None, sample_rate_hz)]
    found = [Coded(each.codec, _deviations(excerpts, each, bits)) for each in known]
    return max(found, key=lambda each: each.deviations)


def _deviations(excerpts: Sequence[Excerpt], transform: Transform, bits: int) -> float:
    count = min(_SEARCHED, int(_SEARCHED_SHARE * len(excerpts)))
    apart = len(excerpts) // max(1, count)
    searched = range(0, apart * count, max(1, apart))
    others = [each for at, each in enumerate(excerpts) if at not in searched]
    if len(others) < _FEWEST:
        return 0.0
    best = _best([excerpts[at] for at in searched], transform, bits)
    tried = _tried(best, others[:_GLANCE], transform, bits)
    if (tried[:, 0] <= tried[:, 1:].max(axis=1)).all():
        return 0.0
    tried += _tried(best, others[_GLANCE:], transform, bits)
    tried -= _middle(tried[:, 1:])
    deviation = _OF_THE_MIDDLE * float(np.median(np.abs(tried[:, 1:])))
    margin = float((tried[:, 0] - tried[:, 1:].max(axis=1)).max())
    return margin / max(deviation, _LEAST_OF_VOTES * float(np.sqrt(len(others))))


def _tried(best: Starts, excerpts: Sequence[Excerpt], transform: Transform, bits: int) -> Block:
    """(best, 1 + beside): the votes for each place, and for those beside it."""
    beside = _BESIDE[_BESIDE % _SHORT != 0] if transform.codec == "Vorbis" else _BESIDE
    places = (best[:, None] + np.array([0, *beside])) % transform.frame
    tried = np.zeros(places.shape)
    for each in excerpts:
        starts = (places - each.first) % transform.frame
        small = _smallness(each, transform, starts.ravel(), bits).reshape(places.shape)
        tried += _votes(small - _middle(small[:, 1:]))
    return tried


def _best(excerpts: Sequence[Excerpt], transform: Transform, bits: int) -> Starts:
    """The places where frames begin that have more small lines than those around them."""
    frame = transform.frame
    every, votes = np.arange(frame), np.zeros(frame)
    for each in excerpts:
        small = _smallness(each, transform, every, bits)
        over = small - median_filter(small, _SMOOTHED, mode="wrap")
        votes[(each.first + every) % frame] += _votes(over[None])[0]
    return np.argsort(-votes, kind="stable")[:_BEST]


def _middle(small: Block) -> Block:
    middle: Block = np.median(small, axis=1, keepdims=True)
    return middle


def _votes(apart: Block) -> Block:
    """An excerpt's, of how far places are from those beside them: none has more than some."""
    deviations = _OF_THE_MIDDLE * _middle(np.abs(apart))
    votes: Block = np.clip(apart / np.maximum(deviations, _LEAST), -_MOST, _MOST)
    return votes


def _smallness(excerpt: Excerpt, transform: Transform, starts: Starts, bits: int) -> Block:
    """(starts,): minus the mean logarithm of the lines, which rounding of `bits` keeps finite."""
    lines = transform.lines(excerpt.samples, starts)[:, round(_LOWEST * transform.frame) :]
    np.abs(lines, out=lines)
    lines += np.float32(_ROUNDING * 2.0 ** (1 - bits))
    quarter = lines.shape[1] // 4
    products = lines[:, :quarter]  # of four lines each, for one logarithm
    for at in range(1, 4):
        products *= lines[:, at * quarter : (at + 1) * quarter]
    small: Block = -np.log(products, out=products).mean(axis=1, dtype=np.float64) / 4
    return small
