"""`dropout`: the sound stops dead and is back within a tenth of a second, or a buffer comes twice.

Digital zeros of 0.7 to 100 ms with sound up to their edges on both sides: a buffer that was lost.
A note that dies away before the next begins does not sound up to its edge; a gate's gaps keep a
tempo, a chopped loop has the same gap again and again, and crushed sound has zeros of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.codes import Severity
from bridge.checking.findings import Found
from bridge.checking.levels import rms
from bridge.checking.port import Passage, StemFacts
from bridge.checking.runs import runs
from bridge.checking.stem.damage.repeated_buffers import buffers_twice
from bridge.checking.stem.damage.repeats import PLAYED, repeats
from bridge.checking.stem.damage.rhythm import on_a_grid

_ZERO = 2.0**-20
_SHORTEST_S = 0.0007
_LONGEST_S = 0.1
_SHORT_S = 0.01
_UNLIKE_SHORT, _UNLIKE = 12.0, 8.0
"""What is behind it is as loud as what was before, by so much at most."""
_MOST_A_MINUTE = 30.0
"""More of the long ones than that is how it is played, note by note."""
_BESIDE_S = 0.02
_EDGE_S = 0.003
_SOUNDS = 5e-4
_STOPS = 0.15
"""Of the level beside it, in the last 3 ms: what has less dies away."""
_FADED_STOPS = 0.4
"""The same, of what comes to rest within a millisecond or two."""
_SHAPE_S = 0.01
_ALIKE = 0.97
_JUMP = 0.1
"""Of the level beside it: what is entered or left with less is faded."""
_VALUES_S = 0.005
_FEWEST_VALUES = 0.25
"""Different ones, of the samples beside it: fewer are crushed sound or a rectangle."""


@dataclass(frozen=True)
class _Gap:
    """Frames without sound, and the waveforms before and behind them."""

    start: int
    stop: int
    beside: npt.NDArray[np.float32]
    hard: bool


class Dropout:
    """Gaps in sounding audio; both sides of a stereo stem together."""

    codes: ClassVar[tuple[str, ...]] = ("dropout",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._rate_hz = facts.sample_rate_hz
        self._channels = facts.channels
        self._frames = max(1, facts.frames)
        self._gaps: list[_Gap] = []
        self._rests: tuple[set[int], set[int]] = set(), set()
        self._twice: list[tuple[int, int]] = []
        self._shape = round(_SHAPE_S * facts.sample_rate_hz)

    def hear(self, passage: Passage) -> None:
        """Take the gaps that begin in the core."""
        if passage.is_silent:
            return
        first = passage.first
        for channel, samples in enumerate(passage.samples):
            for start, stop in runs(passage.magnitudes[channel] <= _ZERO):
                inside = passage.core_start <= start < passage.core_stop
                if inside and not _is_broken(passage, channel, start, stop):
                    self._take(samples, start, stop, first)
        self._twice += [
            (first + start, first + stop)
            for start, stop in buffers_twice(passage.samples, passage.core_start, passage.core_stop)
            if rms(passage.samples[:, start:stop]) > _SOUNDS
        ]

    def findings(self) -> Iterator[Found]:
        """One a gap, those of both sides at once are one; one a buffer that came twice."""
        gaps = self._unplayed()
        found = list(_joined(sorted(gaps), round(_SHORTEST_S * self._rate_hz)))
        short = round(_SHORT_S * self._rate_hz)
        a_minute = 60.0 * self._rate_hz / self._frames
        if sum(stop - start > short for start, stop, _ in found) * a_minute > _MOST_A_MINUTE:
            found = [each for each in found if each[1] - each[0] <= short]
        for start, stop, hard in found:
            length_ms = 1000.0 * (stop - start) / self._rate_hz
            severity: Severity = "major" if length_ms >= 1.0 and hard else "minor"
            words = f"the sound is gone for {length_ms:.1f} ms"
            yield Found("dropout", severity, start, stop, length_ms, words)
        yield from self._repeated()

    def _repeated(self) -> Iterator[Found]:
        played = on_a_grid([start for start, _ in self._twice], self._rate_hz)
        for (start, stop), is_played in zip(self._twice, played, strict=True):
            if not is_played:
                length_ms = 1000.0 * (stop - start) / self._rate_hz
                words = f"the same {length_ms:.1f} ms come twice: a buffer of {stop - start} frames"
                yield Found("dropout", "major", start, stop, length_ms, words)

    def _unplayed(self) -> Iterator[tuple[int, int, bool]]:
        """The gaps that are neither in time nor the same again and again."""
        played = repeats([gap.beside for gap in self._gaps], _ALIKE)
        in_time = [
            {moment for moment, on in zip(sorted(rests), flags, strict=True) if on}
            for rests in self._rests
            for flags in (on_a_grid(sorted(rests), self._rate_hz),)
        ]
        for gap, count in zip(self._gaps, played, strict=True):
            if gap.start in in_time[0] or gap.stop in in_time[1]:
                continue
            if count < PLAYED * self._channels:
                yield gap.start, gap.stop, gap.hard

    def _take(self, samples: Block, start: int, stop: int, first: int) -> None:
        rate_hz = self._rate_hz
        if stop - start < _SHORTEST_S * rate_hz:
            return
        beside = round(_BESIDE_S * rate_hz)
        before, behind = samples[max(0, start - beside) : start], samples[stop : stop + beside]
        if not len(before) or not len(behind):
            return
        if rms(before) > _SOUNDS and self._stops(before) > _STOPS:
            self._rests[0].add(first + start)
        if rms(behind) > _SOUNDS and self._stops(behind[::-1]) > _STOPS:
            self._rests[1].add(first + stop)
        if stop - start <= _LONGEST_S * rate_hz and self._is_lost(before, behind, stop - start):
            shape = np.zeros(2 * self._shape, np.float32)
            some, more = before[-self._shape :], behind[: self._shape]
            shape[self._shape - len(some) : self._shape] = some
            shape[self._shape : self._shape + len(more)] = more
            hard = self._jumps(before, behind)
            self._gaps.append(_Gap(first + start, first + stop, shape, hard))

    def _is_lost(self, before: Block, behind: Block, frames: int) -> bool:
        levels = rms(before), rms(behind)
        unlike = _UNLIKE_SHORT if frames <= _SHORT_S * self._rate_hz else _UNLIKE
        if min(levels) < _SOUNDS or self._is_crushed(before, behind):
            return False
        if self._goes_on(before, behind):
            return True
        alike = max(levels) <= unlike * min(levels)
        return alike and self._ends_dead(before) and self._ends_dead(behind[::-1])

    def _ends_dead(self, samples: Block) -> bool:
        """Whether the last sample is somewhere, or sound goes up to a millisecond or two before."""
        least = _STOPS if _edge(samples) >= _JUMP * rms(samples) else _FADED_STOPS
        return self._stops(samples) >= least

    def _goes_on(self, before: Block, behind: Block) -> bool:
        """Whether it is cut on both sides and as loud behind as before, next to the gap."""
        edge = round(_EDGE_S * self._rate_hz)
        last, first = before[-edge:], behind[:edge]
        levels = rms(last), rms(first)
        if min(levels) < _SOUNDS or max(levels) > _UNLIKE * min(levels):
            return False
        return _edge(last) >= _JUMP * levels[0] and _edge(first[::-1]) >= _JUMP * levels[1]

    def _is_crushed(self, before: Block, behind: Block) -> bool:
        beside = round(_VALUES_S * self._rate_hz)
        return min(_values(before[-beside:]), _values(behind[:beside])) <= _FEWEST_VALUES

    def _stops(self, samples: Block) -> float:
        """The level of the last 3 ms, of all of it."""
        whole = rms(samples)
        return rms(samples[-round(_EDGE_S * self._rate_hz) :]) / whole if whole else 0.0

    def _jumps(self, before: Block, behind: Block) -> bool:
        least = max(_SOUNDS, _JUMP * min(rms(before), rms(behind)))
        return max(_edge(before), _edge(behind[::-1])) >= least


def _is_broken(passage: Passage, channel: int, start: int, stop: int) -> bool:
    """Whether most of a gap are samples that are no numbers, which is told as `corrupt_samples`."""
    if passage.broken is None:
        return False
    return 2 * int(passage.broken[channel, start:stop].sum()) > stop - start


def _edge(samples: Block) -> float:
    """Where the last sample is, or was about to be."""
    last = float(samples[-1])
    going = 2.0 * last - float(samples[-2]) if len(samples) > 1 else last
    return max(abs(last), abs(going))


def _values(samples: Block) -> float:
    """How many different ones there are, of all."""
    return len(np.unique(samples)) / len(samples)


def _joined(gaps: list[tuple[int, int, bool]], near: int) -> Iterator[tuple[int, int, bool]]:
    last: tuple[int, int, bool] | None = None
    for start, stop, hard in gaps:
        if last is not None and start - last[1] <= near:
            last = last[0], max(last[1], stop), last[2] or hard
            continue
        if last is not None:
            yield last
        last = start, stop, hard
    if last is not None:
        yield last
