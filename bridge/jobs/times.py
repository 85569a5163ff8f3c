"""Times of a job file: seconds, minutes and seconds, or a bar; and the clock that counts bars."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from sessions import Meter, Tempo

TIME_WORDS = 'seconds, "m:ss.mmm", "bar 33" or "bar 33.3"'

_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)")
_BAR = re.compile(r"bar\s+(\d{1,5})(?:\.(\d{1,3}))?", re.IGNORECASE)
_LONGEST_S = 360_000.0
_MINUTE_S = 60.0


@dataclass(frozen=True)
class SongTime:
    """A time as it is written: `seconds` where that is known without a tempo, else bar and beat.

    Bars and beats count from 1.
    """

    written: float | str
    seconds: float | None = None
    bar: int = 1
    beat: int = 1

    def at_s(self, clock: BarClock) -> float:
        """The time in seconds. Raises NoSuchBeatError."""
        return clock.seconds_of(self.bar, self.beat) if self.seconds is None else self.seconds


class NoSuchBeatError(ValueError):
    """A beat that its bar does not have, or a bar where there is no tempo to count by."""


def song_time(written: object) -> SongTime:
    """Read a time. ValueError for what is none: see TIME_WORDS."""
    if isinstance(written, int | float) and not isinstance(written, bool):
        return SongTime(written, _seconds(float(written)))
    if not isinstance(written, str):
        raise ValueError(written)
    text = written.strip()
    found = _BAR.fullmatch(text)
    if found is not None:
        bar, beat = int(found[1]), int(found[2] or 1)
        if bar < 1 or beat < 1:
            raise ValueError(written)
        return SongTime(written, None, bar, beat)
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        raise ValueError(written)
    hours, minutes, seconds = clock.groups()
    is_bare = minutes is None
    short = len(seconds.partition(".")[0]) != 2 or float(seconds) >= _MINUTE_S
    if (not is_bare and short) or (hours is not None and int(minutes) >= _MINUTE_S):
        raise ValueError(written)
    whole_s = 3600 * int(hours or 0) + 60 * int(minutes or 0)
    return SongTime(written, _seconds(float(whole_s + Fraction(seconds))))


def _seconds(found: float) -> float:
    if not math.isfinite(found) or not 0.0 <= found <= _LONGEST_S:
        raise ValueError(found)
    return found


@dataclass(frozen=True)
class BarClock:
    """Counts bars through a tempo map and its meters; bar 1 is where the song begins.

    Without a tempo no bar has a time. Before the first meter, and without any, a bar is 4/4.
    """

    tempo: Sequence[Tempo]
    meters: Sequence[Meter] = ()

    def seconds_of(self, bar: int, beat: int) -> float:
        """Where a beat begins, in seconds. Raises NoSuchBeatError."""
        if not self.tempo:
            raise NoSuchBeatError("a bar needs a tempo, and neither job nor session has one")
        meter = Meter(0.0, 4, 4)
        quarters, left = Fraction(0), bar - 1
        for start, following in self._meters(meter):
            meter = start
            length = Fraction(4 * meter.numerator, meter.denominator)
            room = None if following is None else self._quarters_at(following) - quarters
            if room is None or left * length < room:
                break
            bars = math.ceil(room / length - Fraction(1, 1000))
            quarters, left = quarters + room, left - bars
        if beat > meter.numerator:
            raise NoSuchBeatError(f"bar {bar} has {meter.numerator} beats")
        quarters += left * length + Fraction(4 * (beat - 1), meter.denominator)
        return self._seconds_at(quarters)

    def _meters(self, first: Meter) -> list[tuple[Meter, float | None]]:
        """Every meter with where the next begins; one that begins with the song replaces 4/4."""
        rows = sorted(self.meters, key=lambda each: each.position_s)
        if not rows or rows[0].position_s > 0.0:
            rows = [first, *rows]
        ends = [each.position_s for each in rows[1:]]
        return list(zip(rows, [*ends, None], strict=True))

    def _spans(self) -> list[tuple[float, float, float, float | None]]:
        """(seconds, bpm at its start, bpm at its end, length in seconds) of each stretch."""
        rows = sorted(self.tempo, key=lambda each: each.position_s)
        at = bisect_right([each.position_s for each in rows], 0.0) - 1
        begin = Tempo(0.0, rows[max(at, 0)].bpm, rows[max(at, 0)].curve)
        rows = [begin, *(each for each in rows if each.position_s > 0.0)]
        spans: list[tuple[float, float, float, float | None]] = []
        for one, other in pairwise(rows):
            end_bpm = other.bpm if one.curve == "linear" else one.bpm
            spans.append((one.position_s, one.bpm, end_bpm, other.position_s - one.position_s))
        return [*spans, (rows[-1].position_s, rows[-1].bpm, rows[-1].bpm, None)]

    def _quarters_at(self, seconds: float) -> Fraction:
        """How many quarter notes have passed by then, to a 960th."""
        passed = 0.0
        for start, first_bpm, last_bpm, length in self._spans():
            inside = max(0.0, seconds - start if length is None else min(seconds - start, length))
            slope = 0.0 if not length else (last_bpm - first_bpm) / length
            passed += (first_bpm + slope * inside / 2) * inside / _MINUTE_S
        return Fraction(round(passed * 960), 960)

    def _seconds_at(self, quarters: Fraction) -> float:
        left = float(quarters)
        for start, first_bpm, last_bpm, length in self._spans():
            whole = math.inf if length is None else (first_bpm + last_bpm) / 2 * length / _MINUTE_S
            if left > whole and length is not None:
                left -= whole
                continue
            slope = 0.0 if length is None else (last_bpm - first_bpm) / length
            beats = left * _MINUTE_S
            if slope == 0.0:
                return start + beats / first_bpm
            root = math.sqrt(first_bpm * first_bpm + 2.0 * slope * beats)
            return start + 2.0 * beats / (first_bpm + root)
        raise AssertionError("the last stretch has no end")
