"""Beats to seconds and back, through steps and ramps of the tempo."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from sessions.model.session import Tempo, TempoCurve

RampIn = Literal["beats", "seconds"]
_LEVEL = 1e-12
_SHORTEST_BEATS = 1e-12
_LOWEST_BPM, _HIGHEST_BPM = 1e-3, 1e6
_MOST_HELD = 65_536
_ON_GRID = 1e-9

Point = tuple[float, float, TempoCurve]
"""A beat, quarter notes a minute from there on, and the way to the next point."""


@dataclass(frozen=True)
class _Segment:
    """From `beat` at `second` on, from `bpm` towards `to_bpm` over `length` beats."""

    beat: float
    second: float
    bpm: float
    to_bpm: float
    length: float
    ramp_in: RampIn

    def seconds(self, beats: float) -> float:
        """Seconds that the first `beats` of this segment take."""
        change = self.to_bpm / self.bpm - 1.0
        if abs(change) < _LEVEL or not math.isfinite(self.length):
            return 60.0 * beats / self.bpm
        if self.ramp_in == "beats":
            x = change * beats / self.length
            return 60.0 * self.length / (self.bpm * change) * math.log1p(x)
        total = self.total_s
        slope = (self.to_bpm - self.bpm) / total
        root = math.sqrt(max(0.0, self.bpm**2 + 120.0 * slope * beats))
        return 120.0 * beats / (self.bpm + root)

    def beats(self, seconds: float) -> float:
        """The inverse of `seconds`."""
        change = self.to_bpm / self.bpm - 1.0
        if abs(change) < _LEVEL or not math.isfinite(self.length):
            return seconds * self.bpm / 60.0
        if self.ramp_in == "beats":
            rate = self.bpm * change / (60.0 * self.length)
            return self.length / change * math.expm1(rate * seconds)
        slope = (self.to_bpm - self.bpm) / self.total_s
        return (self.bpm + slope * seconds / 2.0) * seconds / 60.0

    @property
    def total_s(self) -> float:
        """Seconds of the whole segment when it ramps linearly in time."""
        return 120.0 * self.length / (self.bpm + self.to_bpm)


class TempoMap:
    """The tempo over a song, from points (beat, quarter notes a minute, curve).

    A linear point ramps to the next one: linearly over beats (DAWproject, Live), or over time with
    `ramp_in="seconds"` (REAPER). Before the first point its tempo holds; without points it is 120.
    Of several points on one beat the last counts from there on, and a ramp ends in the first.
    """

    def __init__(
        self, points: Iterable[tuple[float, float, TempoCurve]] = (), ramp_in: RampIn = "beats"
    ) -> None:
        usable = [
            (beat, bpm, curve)
            for beat, bpm, curve in points
            if math.isfinite(beat) and _LOWEST_BPM <= bpm <= _HIGHEST_BPM
        ]
        self._points = sorted(usable, key=lambda point: point[0]) or [(0.0, 120.0, "step")]
        self._segments = _segments(self._points, ramp_in)
        self._starts = [segment.beat for segment in self._segments]
        self._times = [segment.second for segment in self._segments]

    @classmethod
    def at_seconds(
        cls, points: Iterable[tuple[float, float, TempoCurve]], ramp_in: RampIn = "seconds"
    ) -> TempoMap:
        """The map of points placed by seconds; ramps are linear in time (REAPER) or over beats."""
        ordered = sorted(points, key=lambda point: point[0])
        placed: list[tuple[float, float, TempoCurve]] = []
        beat = before_s = before_bpm = 0.0
        ramps = False
        for second, bpm, curve in ordered:
            mean = _mean_bpm(before_bpm, bpm, ramp_in) if ramps else before_bpm
            beat += (second - before_s) * (mean if placed else bpm) / 60.0
            placed.append((beat, bpm, curve))
            before_s, before_bpm, ramps = second, bpm, curve == "linear"
        return cls(placed, ramp_in)

    def seconds(self, beats: float) -> float:
        """Seconds from beat 0 to `beats`."""
        segment = self._segments[max(0, bisect_right(self._starts, beats) - 1)]
        return segment.second + segment.seconds(beats - segment.beat)

    def beats(self, seconds: float) -> float:
        """Beats from second 0 to `seconds`."""
        segment = self._segments[max(0, bisect_right(self._times, seconds) - 1)]
        return segment.beat + segment.beats(seconds - segment.second)

    def bpm(self, beats: float) -> float:
        """Quarter notes a minute at `beats`."""
        segment = self._segments[max(0, bisect_right(self._starts, beats) - 1)]
        if not math.isfinite(segment.length) or segment.bpm == segment.to_bpm:
            return segment.bpm
        if segment.ramp_in == "beats":
            part = (beats - segment.beat) / segment.length
        else:
            part = segment.seconds(beats - segment.beat) / segment.total_s
        return segment.bpm + (segment.to_bpm - segment.bpm) * part

    def tempos(self) -> tuple[Tempo, ...]:
        """The points as a Session carries them, in seconds."""
        return tuple(Tempo(self.seconds(beat), bpm, curve) for beat, bpm, curve in self._points)


def _mean_bpm(from_bpm: float, to_bpm: float, ramp_in: RampIn) -> float:
    """Beats over minutes of a ramp."""
    if ramp_in == "seconds" or abs(to_bpm / from_bpm - 1.0) < _LEVEL:
        return (from_bpm + to_bpm) / 2.0
    return (to_bpm - from_bpm) / math.log(to_bpm / from_bpm)


def held(points: Sequence[Point], every_beats: float) -> list[Point]:
    """The steps of a tempo that is taken anew every so many beats, and holds in between.

    Of several points on one beat the last counts. Raises ValueError when ramps come to more than
    65,536 steps, which is hours.
    """
    found: list[Point] = []
    for number, (at, bpm) in enumerate(_taken(points, every_beats)):
        if number > _MOST_HELD:
            raise ValueError(f"the tempo ramps over more than {_MOST_HELD * every_beats:g} beats")
        if not found or found[-1][1] != bpm:
            found.append((at * every_beats, bpm, "step"))
    return found


def _taken(points: Sequence[Point], every_beats: float) -> Iterator[tuple[int, float]]:
    """Multiples of `every_beats`, and the tempo there; those between two alike are left out."""
    ordered = sorted(points, key=lambda point: point[0])
    if ordered:
        yield 0, ordered[0][1]
    for (beat, bpm, curve), (to_beat, to_bpm, _) in pairwise(ordered):
        first, end = (math.ceil(at / every_beats - _ON_GRID) for at in (beat, to_beat))
        if curve == "step" or bpm == to_bpm:
            end = min(end, first + 1)
        for at in range(first, end):
            part = (at * every_beats - beat) / (to_beat - beat)
            yield at, bpm if curve == "step" else bpm + (to_bpm - bpm) * max(part, 0.0)
    if ordered:
        yield math.ceil(ordered[-1][0] / every_beats - _ON_GRID), ordered[-1][1]


def _segments(points: list[tuple[float, float, TempoCurve]], ramp_in: RampIn) -> list[_Segment]:
    """Segments that join; the first reaches back to before beat 0 at its own tempo."""
    first_beat, first_bpm, _ = points[0]
    second = 60.0 * first_beat / first_bpm
    lead = _Segment(first_beat, second, first_bpm, first_bpm, math.inf, ramp_in)
    segments = [lead]
    for here, after in zip(points, [*points[1:], None], strict=True):
        beat, bpm, curve = here
        length = math.inf if after is None else after[0] - beat
        to_bpm = after[1] if after is not None and curve == "linear" else bpm
        if length < _SHORTEST_BEATS:
            continue
        segment = _Segment(beat, second, bpm, to_bpm, length, ramp_in)
        segments.append(segment)
        if after is not None:
            second += segment.seconds(length)
    return segments
