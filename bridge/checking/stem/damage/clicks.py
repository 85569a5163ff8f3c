"""`clicks`: short bursts that no neighbouring sound explains.

Samples that neither what is before nor what is behind them explains, far above all such within
30 ms on both sides, and over which the sound goes on as it was. Where another sound sets in or one
ends, that is how; what keeps a tempo, and the same short waveform three times within sound, is
played, not broken, unless the sound right beside it goes on undisturbed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.autoregressive.what_goes_on import GOES_ON, left_beside, left_cut, left_over
from bridge.checking.codes import Severity
from bridge.checking.findings import Found
from bridge.checking.levels import rms
from bridge.checking.port import Passage, StemFacts
from bridge.checking.stem.damage.repeats import PLAYED, repeats
from bridge.checking.stem.damage.rhythm import on_a_grid
from bridge.checking.stem.damage.standing_out import standing_out
from stemwright.decibels import amplitude_db

_GUARD_S = 0.0008
_AROUND_S = 0.03
_MAJOR = 3.0
_SURE = 6.0
_FAINT, _FAINT_STANDS_OUT = 0.03, 4.0
"""Of the level about it: less may be how a sound is made, and stands out clearly or is not told."""
_LEAST = 1e-4
_SNIPPET_S = 0.003
_NEXT_S, _BESIDE_S = 0.003, 0.01
"""What lies next to a burst, and how far the level on both sides is looked at."""
_ENDS = 0.02
"""Level on one side, of that on the other: less is the edge of a sound."""
_RISES, _FALLS = 1.5, 2.0
"""Level behind, of that before, and the other way round: more is an onset or a note that was cut,
where only what is sure is told."""
_SETS_IN = 4.0
"""Behind, of before: a note that sets in so clearly may jump up to twice as high as is sure."""
_UNDISTURBED = 2.0
"""Power that samples in a burst's place leave, of what is usual: nothing else happens there."""
_SILENT = 1e-3
_NOTHING = 1e-4
"""Level on both sides of a burst that is alone."""
_MOST = 600
"""More than these a stem are no clicks any more, but how it sounds."""


@dataclass(frozen=True)
class Burst:
    """Frames from `start` to `stop`, how far it stands out, and the waveform about its top."""

    start: int
    stop: int
    height: float
    snippet: npt.NDArray[np.float32]
    is_sure: bool
    """Whether it may come again: an impulse in silence, or over a sound that goes on, is broken."""
    may_be_cut: bool
    """Whether peaks that were higher than they are would explain it."""


class Clicks:
    """Bursts that stand alone."""

    codes: ClassVar[tuple[str, ...]] = ("clicks",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        rate_hz = self._rate_hz = facts.sample_rate_hz
        self._guard = round(_GUARD_S * rate_hz)
        self._around = round(_AROUND_S * rate_hz)
        self._snippet = round(_SNIPPET_S * rate_hz)
        self._has_surroundings = facts.frames > 2 * self._around
        self._bursts: list[Burst] = []

    def hear(self, passage: Passage) -> None:
        """Take the bursts whose top lies in the core."""
        if passage.is_silent or not self._has_surroundings or len(self._bursts) > _MOST:
            return
        sides = passage.unexplained
        for error in sides:
            self._bursts += self._in(passage, error)
        if len(sides) == 2:
            self._bursts += self._in(passage, np.sqrt(sides[0] * sides[1]))

    def findings(self) -> Iterator[Found]:
        """One a burst that is not played again and again."""
        bursts = _of_both_sides(self._bursts, self._guard)
        counts = repeats([each.snippet for each in bursts])
        in_time = on_a_grid([each.start for each in bursts], self._rate_hz)
        for burst, same, is_in_time in zip(bursts, counts, in_time, strict=True):
            if not is_in_time and (same < PLAYED or burst.is_sure):
                severity: Severity = "major" if burst.height > _MAJOR else "minor"
                value = amplitude_db(burst.height)
                words = f"a click, {value:.0f} dB over what surrounds it"
                yield Found("clicks", severity, burst.start, burst.stop, value, words)

    def may_be_cut(self) -> frozenset[tuple[int, int]]:
        """Start and stop of those that are none where a peak was cut there."""
        return frozenset((each.start, each.stop) for each in self._bursts if each.may_be_cut)

    def _in(self, passage: Passage, error: npt.NDArray[np.float32]) -> Iterator[Burst]:
        near = passage.near.start
        found, ratios = standing_out(error, self._around, self._guard, _LEAST)
        splits = np.flatnonzero(np.diff(found) > self._guard) + 1
        for some, heights in zip(np.split(found, splits), np.split(ratios, splits), strict=True):
            if len(some):
                highest = int(error[some].argmax())
                top = near + int(some[highest])
                if passage.core_start <= top < passage.core_stop:
                    height, unexplained = float(heights[highest]), float(error[some[highest]])
                    yield from self._burst(passage, top, near + some, height, unexplained)

    def _burst(
        self,
        passage: Passage,
        top: int,
        some: npt.NDArray[np.int64],
        height: float,
        unexplained: float,
    ) -> Iterator[Burst]:
        """One, if it is no edge of a sound."""
        start, stop = int(some[0]), int(some[-1]) + 1
        samples = passage.samples[int(passage.unexplained[:, top - passage.near.start].argmax())]
        levels = self._levels(samples, start, stop)
        is_faint = unexplained < _FAINT * max(levels)
        if _is_an_edge(levels, height) or (is_faint and height < _FAINT_STANDS_OUT):
            return
        beside = left_beside(samples, start, stop, self._rate_hz)
        left = left_over(samples, start, stop, self._rate_hz) if beside >= GOES_ON else beside
        if left < GOES_ON:
            begin = max(0, top - self._snippet // 3)
            snippet = np.zeros(self._snippet, np.float32)
            taken = samples[begin : begin + self._snippet]
            snippet[: len(taken)] = taken
            is_sure = beside < _UNDISTURBED or max(levels[0], levels[3]) < _SILENT
            may_be_cut = left_cut(samples, start, stop, self._rate_hz) < GOES_ON
            first = passage.first
            yield Burst(first + start, first + stop, height, snippet, is_sure, may_be_cut)

    def _levels(self, samples: Block, start: int, stop: int) -> tuple[float, float, float, float]:
        """RMS before and behind a burst, in order: farther, next to it, next to it, farther."""
        near, far = round(_NEXT_S * self._rate_hz), round(_BESIDE_S * self._rate_hz)
        before, behind = max(0, start - 2), stop + 2
        return (
            rms(samples[max(0, before - far) : max(0, before - near)]),
            rms(samples[max(0, before - near) : before]),
            rms(samples[behind : behind + near]),
            rms(samples[behind + near : behind + far]),
        )


def _is_an_edge(levels: tuple[float, float, float, float], height: float) -> bool:
    """Whether a sound sets in or ends there."""
    far_before, before, behind, far_behind = levels
    if max(far_before, far_behind) < _NOTHING:
        return False
    ends = max(behind, far_behind) < _ENDS * before or max(before, far_before) < _ENDS * behind
    if ends and max(levels) > _SILENT:
        return True
    sets_in = far_behind > _SETS_IN * far_before > 0.0
    rises = far_behind > _RISES * far_before > 0.0
    falls = far_before > _FALLS * far_behind > 0.0
    return (height < _SURE and (rises or falls)) or (height < 2.0 * _SURE and sets_in)


def _of_both_sides(bursts: list[Burst], guard: int) -> list[Burst]:
    """In order of time, each once where both sides have it."""
    kept: list[Burst] = []
    for each in sorted(bursts, key=lambda burst: (burst.start, burst.stop)):
        if kept and each.start - kept[-1].stop <= guard:
            one = max(kept.pop(), each, key=lambda burst: burst.height)
            kept.append(one)
        else:
            kept.append(each)
    return kept
