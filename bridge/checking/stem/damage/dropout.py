"""`dropout`: the sound stops dead and is back within a tenth of a second, or a buffer comes twice.

Digital zeros of 0.7 to 100 ms that are cut into sound on both sides: a buffer that was lost. What
ends by itself, a note as well as a grain or a seed, is next to nothing long before it is nothing; a
fade of a buffer takes a millisecond. A gate's gaps keep a tempo, a chopped loop has the same gap
again and again, crushed sound has zeros of its own, and notes or grains that are cut off are so
before rests of any length too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
_LOUDER, _QUIETER = 12.0, 30.0
"""What is behind it is as loud as what was before, by so much at most.

The end of a sample that was trimmed is far quieter than the hit behind it, never far louder.
"""
_MOST_A_MINUTE = 30.0
"""More of the long ones than that is how it is played, note by note."""
_MOST = 300
"""More of all that keep no time is grains or a tone."""
_FEWEST_CUTS, _SHARE_CUTS = 3, 0.5
"""So many rests off any grid that are cut as a gap is, of the gaps: it is how the sound is made."""
_BESIDE_S = 0.02
_EDGE_S = 0.003
_SOUNDS = 5e-4
_STOPS = 0.15
"""Of the level beside it, in the last 3 ms: what has less dies away."""
_FADED_STOPS = 0.4
"""The same, of what comes to rest within a millisecond or two."""
_NEXT_TO_NOTHING, _SOMETHING = 0.01, 0.1
"""Of the highest sample in the last 3 ms."""
_NEAR_S, _FADED_S = 0.0001, 0.0005
"""Sound that is cut has so much again so near; what dies away by itself does not for longer."""
_SHAPE_S = 0.01
_ALIKE = 0.97
_JUMP = 0.1
"""Of the level beside it: what is entered or left with less is faded."""
_VALUES_S = 0.005
_LEVEL, _STEP = 0.03, 8.0
"""Of the highest sample in the last 3 ms, and of the steps in the last half of one."""
_FEWEST_VALUES = 0.25
"""Different ones, of the samples beside it: fewer are crushed sound or a rectangle."""
_NEAR_NOTHING = 0.2
"""Of the highest beside it: a sound that never comes so near to nothing does not rest."""


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
        self._cuts: set[tuple[int, int]] = set()
        self._ends: set[tuple[int, int]] = set()
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
        for start, stop, hard in self._lost() if self._gaps else ():
            length_ms = 1000.0 * (stop - start) / self._rate_hz
            severity: Severity = "major" if length_ms >= 1.0 and hard else "minor"
            words = f"the sound is gone for {length_ms:.1f} ms"
            yield Found("dropout", severity, start, stop, length_ms, words)
        yield from self._repeated()

    def _lost(self) -> list[tuple[int, int, bool]]:
        """The gaps that are no way of playing: whoever cuts sound off does so before rests too."""
        in_time = [
            {moment for moment, on in zip(sorted(rests), flags, strict=True) if on}
            for rests in self._rests
            for flags in (on_a_grid(sorted(rests), self._rate_hz, rolls=True),)
        ]
        gaps = self._unplayed(*in_time)
        lost = list(_joined(sorted(gaps), round(_SHORTEST_S * self._rate_hz)))
        short = round(_SHORT_S * self._rate_hz)
        a_minute = 60.0 * self._rate_hz / self._frames
        if sum(stop - start > short for start, stop, _ in lost) * a_minute > _MOST_A_MINUTE:
            return []
        hard, soft = (
            len({start // short for start, stop in rests if not _in(in_time, start, stop)})
            for rests in (self._cuts, self._cuts | self._ends)
        )
        most = max(_FEWEST_CUTS, _SHARE_CUTS * len(lost))
        return [gap for gap in lost if (hard if gap[2] else soft) < most]

    def _repeated(self) -> Iterator[Found]:
        played = on_a_grid([start for start, _ in self._twice], self._rate_hz)
        for (start, stop), is_played in zip(self._twice, played, strict=True):
            if not is_played:
                length_ms = 1000.0 * (stop - start) / self._rate_hz
                words = f"the same {length_ms:.1f} ms come twice: a buffer of {stop - start} frames"
                yield Found("dropout", "major", start, stop, length_ms, words)

    def _unplayed(self, *in_time: set[int]) -> Iterator[tuple[int, int, bool]]:
        """The gaps that are neither in time nor the same again and again."""
        gaps = [gap for gap in self._gaps if not _in(in_time, gap.start, gap.stop)]
        if len(gaps) > _MOST * self._channels:
            return
        played = repeats([gap.beside for gap in gaps], _ALIKE)
        for gap, count in zip(gaps, played, strict=True):
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
        rest = first + start, first + stop
        if not self._is_cut(before) or self._is_crushed(before, behind):
            return
        if not self._is_cut(behind[::-1]):
            self._ends.add(rest)
        elif stop - start > _LONGEST_S * rate_hz or not self._is_lost(before, behind):
            self._cuts.add(rest)
        else:
            shape, hard = self._beside(before, behind), self._jumps(before, behind)
            self._gaps.append(_Gap(*rest, shape, hard))

    def _beside(self, before: Block, behind: Block) -> npt.NDArray[np.float32]:
        shape = np.zeros(2 * self._shape, np.float32)
        some, more = before[-self._shape :], behind[: self._shape]
        shape[self._shape - len(some) : self._shape] = some
        shape[self._shape : self._shape + len(more)] = more
        return shape

    def _is_lost(self, before: Block, behind: Block) -> bool:
        """Whether sound that was cut off and sound that came back may be one."""
        edge = round(_EDGE_S * self._rate_hz)
        near = rms(before[-edge:]), rms(behind[:edge])
        far = rms(before), rms(behind)
        return any(
            first <= _LOUDER * last and last <= _QUIETER * first for last, first in (near, far)
        )

    def _is_cut(self, samples: Block) -> bool:
        """Whether it sounds up to its end, or up to a fade of a millisecond or two before it."""
        magnitudes = np.abs(samples[: -round(_EDGE_S * self._rate_hz) - 1 : -1])
        if rms(magnitudes) < _SOUNDS:
            return False
        near_s, faded_s = (
            int(np.argmax(magnitudes >= share * magnitudes.max())) / self._rate_hz
            for share in (_NEXT_TO_NOTHING, _SOMETHING)
        )
        if near_s > _NEAR_S:
            return False
        is_hard = _edge(samples) >= _JUMP * rms(magnitudes)
        return (
            is_hard
            or self._steps_down(samples, magnitudes)
            or (faded_s <= _FADED_S and self._stops(samples) >= _FADED_STOPS)
        )

    def _steps_down(self, samples: Block, magnitudes: Block) -> bool:
        """Whether what was level ends at once: what dies away comes to nothing by its own steps."""
        near = max(2, round(_FADED_S * self._rate_hz))
        moves = float(np.abs(np.diff(samples[-near:])).max(initial=0.0))
        return bool(magnitudes[0] >= max(_LEVEL * magnitudes.max(), _STEP * moves))

    def _is_crushed(self, before: Block, behind: Block) -> bool:
        """Whether it has few levels, and nothing may be one of them: a rectangle has two others."""
        near = round(_VALUES_S * self._rate_hz)
        if min(_values(before[-near:]), _values(behind[:near])) > _FEWEST_VALUES:
            return False
        highs, lows = zip(*((s.max(), s.min()) for s in map(np.abs, (before, behind))), strict=True)
        return bool(min(lows) < _NEAR_NOTHING * max(highs))

    def _stops(self, samples: Block) -> float:
        """The level of the last 3 ms, of all of it."""
        whole = rms(samples)
        return rms(samples[-round(_EDGE_S * self._rate_hz) :]) / whole if whole else 0.0

    def _jumps(self, before: Block, behind: Block) -> bool:
        least = max(_SOUNDS, _JUMP * min(rms(before), rms(behind)))
        return max(_edge(before), _edge(behind[::-1])) >= least


def _in(moments: Sequence[set[int]], start: int, stop: int) -> bool:
    """Whether it begins in time, or ends so."""
    return start in moments[0] or stop in moments[1]


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
