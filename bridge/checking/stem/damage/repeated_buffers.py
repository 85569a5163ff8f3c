"""Buffers that came twice: a stretch that equals, bit for bit, the one before it.

What repeats itself exactly is played as a rule: a wave whose period is whole frames, a stutter, a
roll. These go on for more than one turn; a buffer that was written twice does not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from bridge.audio import Block

SHORTEST_FRAMES, LONGEST_FRAMES = 64, 2048
_EACH, _BESIDE = 16, 3
"""A landmark is the highest sample of so many, with what is beside it."""
_WEIGHTS = np.sqrt(np.array([2.0, 3.0, 5.0, 7.0, 11.0, 13.0, 17.0]))
_LONGER = 1.2
"""Of its length: what goes on for longer is periodic."""
_NEARLY = 0.03
"""Of the power: what a wave differs by from itself a period before."""
_VALUES, _MOST_VALUES = 0.25, 64
"""Different ones, of all, up to so many: what has fewer is crushed, and repeats by chance."""


def buffers_twice(samples: Block, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """(first, last + 1) of stretches of (channels, frames) that repeat what is before them.

    Only those that begin from `start` to `stop` are told; all channels have to repeat.
    """
    begin = max(0, start - LONGEST_FRAMES)
    part = samples[:, begin : min(samples.shape[1], stop + 2 * LONGEST_FRAMES)]
    loudest = part[int(np.abs(part).max(axis=1).argmax())]
    ends: dict[int, int] = {}
    for at, lag in _likely(loudest):
        if at < ends.get(lag, 0):
            continue
        first, ends[lag] = _run(part, at, lag)
        once = lag <= ends[lag] - first <= _LONGER * lag
        if once and start <= begin + first < stop and _is_new(part, first, lag):
            yield begin + first, begin + first + lag


def _likely(samples: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """(at, lag): landmarks that are the same `lag` frames before, in order."""
    blocks = np.abs(samples[: len(samples) // _EACH * _EACH]).reshape(-1, _EACH)
    tops = np.arange(len(blocks)) * _EACH + blocks.argmax(axis=1)
    tops = tops[(tops >= _BESIDE) & (tops < len(samples) - _BESIDE) & (samples[tops] != 0.0)]
    if len(tops) < 2:
        return []
    # one number for what is beside each: the same for the same samples
    marks = samples[tops[:, None] + np.arange(-_BESIDE, _BESIDE + 1)] @ _WEIGHTS
    order = np.argsort(marks, kind="stable")
    lags = np.diff(tops[order])
    near = (lags >= SHORTEST_FRAMES) & (lags <= LONGEST_FRAMES) & (np.diff(marks[order]) == 0.0)
    return sorted(zip(tops[order][1:][near].tolist(), lags[near].tolist(), strict=True))


def _run(part: Block, at: int, lag: int) -> tuple[int, int]:
    """From where to where all channels are what they were `lag` frames before, around `at`."""
    begin, end = max(lag, at - 2 * LONGEST_FRAMES), min(part.shape[1], at + 2 * LONGEST_FRAMES)
    unlike = (part[:, begin:end] != part[:, begin - lag : end - lag]).any(axis=0)
    before, behind = np.flatnonzero(unlike[: at - begin]), np.flatnonzero(unlike[at - begin :])
    first = begin + int(before[-1]) + 1 if len(before) else begin
    last = at + int(behind[0]) if len(behind) else end
    return first, last


def _is_new(part: Block, first: int, lag: int) -> bool:
    """Whether sound was there before the buffer as well: a hit played twice begins in silence."""
    buffer, before = part[:, first : first + lag], part[:, max(0, first - 2 * lag) : first - lag]
    if not before.size or len(np.unique(buffer)) < min(_VALUES * lag, _MOST_VALUES):
        return False
    sounds = float(np.abs(before[:, -(lag // 2) :]).max()) > 0.1 * float(np.abs(buffer).max())
    return sounds and not _is_periodic(part, first, lag)


def _is_periodic(part: Block, first: int, lag: int) -> bool:
    """Whether the wave is nearly the same a turn later before the buffer, or behind it.

    A period that is no whole number of frames repeats itself exactly only here and there.
    """
    for side in (slice(max(lag + 1, first - lag), first), slice(first + lag, first + 2 * lag)):
        now = part[:, side]
        begins = (side.start - lag + off for off in (-1, 0, 1))
        off = min(np.square(now - part[:, at : at + now.shape[1]]).sum() for at in begins)
        if off < _NEARLY * np.square(now).sum():
            return True
    return False
