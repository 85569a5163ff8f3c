"""`corrupt_samples`: what no converter and no plugin meant: NaN, infinity, bytes in a wrong order.

Samples beyond +18 dBFS count too, and stretches of white noise at full scale that begin and end
within a sample, from a millisecond on: what a file holds whose bytes were swapped, or that lost its
place. Slow sounds are not white with swapped bytes; those move like sound with them put right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.autoregressive.predictors import (
    autocorrelation,
    prediction_error,
    predictors_of,
)
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from bridge.checking.runs import runs
from bridge.checking.stem.damage.byte_order import is_swapped
from stemwright.words import counted

_BEYOND = 8.0
_PIECE = 64
_FEWEST_PIECES = 2
_BETWEEN = 2
"""Pieces between bad ones that are so by chance no white noise."""
_LOUD = 0.35
_WHITE = 1.15
"""RMS of the steps over that of the samples: 1.41 for white noise, under 0.3 for most music."""
_ORDER, _UNPREDICTED, _NOTHING = 6, 0.6, 1e-12
"""What so many samples leave of the next one's power: 0.9 of white noise, less of what rings or
hisses, cut off or not."""
_FULL_SCALE = 0.5
"""Noise that fills all of it has 0.58."""
_FLAT = 2.4
"""Kurtosis: 1.8 for equally likely values, 3 for noise, more for music."""
_OVER_SURROUNDINGS = 1.5
_SHORT = 32
_FULL = 0.8
_LONGEST_SHORT = 1024
_FAR_OVER, _SLOW = 4.0, 0.5
"""What lies beside a burst of a few pieces: so much lower, or with steps so much smaller."""
_FAR_STEPS = 8.0
_NO_SOUND = "noise, not sound"


class CorruptSamples:
    """Runs of broken samples; what lies within 10 ms is one."""

    codes: ClassVar[tuple[str, ...]] = ("corrupt_samples",)
    quick: ClassVar[bool] = True

    def __init__(self, facts: StemFacts) -> None:
        self._near = facts.sample_rate_hz // 100
        self._spans: list[tuple[int, int, str]] = []

    def hear(self, passage: Passage) -> None:
        """Take what is broken in the core."""
        core = slice(passage.core_start, passage.core_stop)
        at = passage.first + passage.core_start
        if passage.broken is not None:
            no_numbers = passage.broken
            if passage.beyond is not None:
                no_numbers = passage.broken & ~passage.beyond
                far = np.flatnonzero(passage.beyond[:, core].any(axis=0))
                self._note(at + far, 1, "beyond +18 dBFS")
            frames = np.flatnonzero(no_numbers[:, core].any(axis=0))
            self._note(at + frames, 1, "NaN or infinite")
        if passage.is_silent:
            return
        magnitudes = passage.magnitudes[:, core]
        tops = magnitudes.max(axis=0)
        if float(tops.max()) > _BEYOND:
            self._note(at + np.flatnonzero(tops > _BEYOND), 1, "beyond +18 dBFS")
        if float(tops.max()) > _LOUD:
            for samples in passage.samples:
                self._note(passage.first + _noise(samples, passage), _PIECE, _NO_SOUND)
                self._spans += [
                    (passage.first + start, passage.first + stop, _NO_SOUND)
                    for start, stop in _short_bursts(samples, passage)
                ]

    def findings(self) -> Iterator[Found]:
        """One for what lies together."""
        start, stop, count, words = 0, 0, 0, ""
        for begin, end, what in sorted(self._spans):
            if count and begin - stop <= self._near:
                count += max(0, end - max(begin, stop))
                stop = max(stop, end)
                continue
            if count:
                yield self._told(start, stop, count, words)
            start, stop, count, words = begin, end, end - begin, what
        if count:
            yield self._told(start, stop, count, words)

    def _told(self, start: int, stop: int, count: int, words: str) -> Found:
        said = f"{counted(count, 'sample')} {'is' if count == 1 else 'are'} {words}"
        return Found("corrupt_samples", "major", start, stop, float(count), said)

    def _note(self, frames: npt.NDArray[np.int64], each: int, words: str) -> None:
        splits = np.flatnonzero(np.diff(frames) > each) + 1
        for run in np.split(frames, splits):
            if len(run):
                self._spans.append((int(run[0]), int(run[-1]) + each, words))


def _noise(samples: Block, passage: Passage) -> npt.NDArray[np.int64]:
    """First frames of the pieces in the core that are white, flat, and unlike what surrounds."""
    begin = passage.core_start + -(passage.first + passage.core_start) % _PIECE
    count = (passage.core_stop - begin) // _PIECE
    if count < 1:
        return np.zeros(0, np.int64)
    pieces = samples[begin : begin + count * _PIECE].reshape(count, _PIECE)
    power, bad = _white_and_flat(pieces)
    steps = np.square(np.diff(pieces, axis=1)).mean(axis=1)
    found = [
        begin + np.arange(start, stop) * _PIECE
        for start, stop in runs(_closed(bad))
        if stop - start >= _FEWEST_PIECES and _stands_out(power, steps, start, stop)
    ]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _short_bursts(samples: Block, passage: Passage) -> Iterator[tuple[int, int]]:
    """Frames (start, stop) from the core on that are such noise, in what is not."""
    begin = max(passage.core_start - _LONGEST_SHORT, 0)
    loud = begin + np.flatnonzero(
        np.abs(samples[begin : passage.core_stop + _LONGEST_SHORT]) >= _FULL
    )
    for run in np.split(loud, np.flatnonzero(np.diff(loud) > _SHORT) + 1):
        first, last = (int(run[0]), int(run[-1]) + 1) if len(run) else (0, 0)
        is_of_core = passage.core_start <= first < passage.core_stop
        if not is_of_core or not _SHORT // 2 <= last - first <= _LONGEST_SHORT:
            continue
        power, bad = _white_and_flat(samples[first:last][None])
        sides = (samples[max(0, first - 5 * _SHORT) : first - _SHORT // 2],
                 samples[last + _SHORT // 2 : last + 5 * _SHORT])  # fmt: skip
        if bad[0] and all(_is_not_like(side, float(power[0])) for side in sides):
            yield _widened(samples, first, last, sides)


def _widened(samples: Block, first: int, last: int, sides: tuple[Block, ...]) -> tuple[int, int]:
    """A burst with the samples at its ends that step further than what lies beside it."""
    begin = max(0, first - _SHORT)
    steps = np.abs(np.diff(samples[begin : last + _SHORT]))
    usual = max(float(np.median(np.abs(np.diff(side)))) for side in sides)
    far = np.flatnonzero(steps > max(_FAR_STEPS * usual, _FULL / 8))
    if len(far):
        first, last = min(first, begin + int(far[0]) + 1), max(last, begin + int(far[-1]) + 1)
    return first, last


def _is_not_like(side: Block, power: float) -> bool:
    """Whether what lies beside a burst is far quieter, or moves slowly where that is loud."""
    if len(side) < 2:
        return False
    own = float(np.square(side).mean())
    steps = float(np.square(np.diff(side)).mean())
    return own * _FAR_OVER**2 < power or steps < _SLOW**2 * own


def _white_and_flat(pieces: Block) -> tuple[Block, npt.NDArray[np.bool_]]:
    """(pieces,) power, and whether it is loud white noise of equally likely values."""
    power = np.square(pieces).mean(axis=1)
    steps = np.square(np.diff(pieces, axis=1)).mean(axis=1)
    fourth = np.square(np.square(pieces)).mean(axis=1)
    bad = (fourth < _FLAT * np.square(power)) & (power > _LOUD**2)
    white = bad & (steps > _WHITE**2 * power)
    white[white] = _unpredicted(pieces[white]) > _UNPREDICTED
    others = np.flatnonzero(bad & ~white)
    bad[others] = is_swapped(pieces[others])
    return power, bad


def _unpredicted(pieces: Block) -> Block:
    """(pieces,) the power that the samples before each one leave of it: 1 of white noise."""
    order = min(_ORDER, pieces.shape[1] // 6)
    found = np.ones(len(pieces))
    for at, piece in enumerate(pieces):
        error = prediction_error(piece, predictors_of(autocorrelation(piece, order + 1)))
        found[at] = np.square(error[order:]).sum() / (np.square(piece[order:]).sum() + _NOTHING)
    return found


def _closed(bad: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """With the few pieces between two bad ones."""
    closed = bad.copy()
    for start, stop in runs(~bad):
        if start > 0 and stop < len(bad) and stop - start <= _BETWEEN:
            closed[start:stop] = True
    return closed


def _stands_out(power: Block, steps: Block, start: int, stop: int) -> bool:
    """Whether a run is louder than the pieces before it and those behind, or full-scale noise over
    slow ones, from one piece to the next: what is broken ends as it begins, a hit dies away.
    """
    own = float(power[start:stop].mean())
    first, last = float(power[start : start + 2].max()), float(power[stop - 2 : stop].max())
    beside = (
        (first, slice(max(0, start - 2), max(0, start - 1))),
        (own, slice(max(0, start - 9), max(0, start - 1))),
        (last, slice(stop + 1, stop + 2)),
        (own, slice(stop + 1, stop + 9)),
    )
    heard = [(level, power[side], steps[side]) for level, side in beside if len(power[side])]
    return bool(heard) and all(_is_less(*each) for each in heard)


def _is_less(own: float, power: Block, steps: Block) -> bool:
    around = float(np.median(power))
    is_slow = float(np.median(steps)) < _SLOW**2 * around
    return around * _OVER_SURROUNDINGS**2 < own or (is_slow and own > _FULL_SCALE**2)
