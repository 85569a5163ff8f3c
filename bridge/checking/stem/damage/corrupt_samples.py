"""`corrupt_samples`: what no converter and no plugin meant: NaN, infinity, bytes in a wrong order.

Samples beyond +18 dBFS count too, and stretches of white noise at full scale that begin and end
within a sample: what a file holds whose bytes were swapped, or that lost its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from stemwright.words import counted

_BEYOND = 8.0
_PIECE = 64
_FEWEST_PIECES = 2
_LOUD = 0.35
_WHITE = 1.15
"""RMS of the steps over that of the samples: 1.41 for white noise, under 0.3 for most music."""
_FLAT = 2.4
"""Kurtosis: 1.8 for equally likely values, 3 for noise, more for music."""
_OVER_SURROUNDINGS = 1.5


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
                self._note(passage.first + _noise(samples, passage), _PIECE, "noise, not sound")

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
    """First frames of the pieces in the core that are white, flat, and far over what surrounds."""
    begin = passage.core_start + -(passage.first + passage.core_start) % _PIECE
    count = (passage.core_stop - begin) // _PIECE
    if count < 1:
        return np.zeros(0, np.int64)
    pieces = samples[begin : begin + count * _PIECE].reshape(count, _PIECE)
    power = np.square(pieces).mean(axis=1)
    steps = np.square(np.diff(pieces, axis=1)).mean(axis=1)
    fourth = np.square(np.square(pieces)).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        white = steps > _WHITE**2 * power
        flat = fourth < _FLAT * np.square(power)
    bad = white & flat & (power > _LOUD**2)
    if not bad.any():
        return np.zeros(0, np.int64)
    runs = np.flatnonzero(np.diff(bad.astype(np.int8), prepend=0, append=0))
    kept: list[npt.NDArray[np.int64]] = []
    for start, stop in zip(runs[::2].tolist(), runs[1::2].tolist(), strict=True):
        beside = np.concatenate([power[max(0, start - 9) : start - 1], power[stop + 1 : stop + 9]])
        quiet = len(beside) and float(np.median(beside)) * _OVER_SURROUNDINGS**2 < float(
            power[start:stop].mean()
        )
        if stop - start >= _FEWEST_PIECES and quiet:
            kept.append(begin + np.arange(start, stop) * _PIECE)
    return np.concatenate(kept) if kept else np.zeros(0, np.int64)
