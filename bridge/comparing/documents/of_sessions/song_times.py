"""The times of two sessions: what keeps its second, or its beat, has not moved."""

from __future__ import annotations

import math

from sessions import Session, TempoMap

SAME_S = 1e-6
"""Times closer than this are one: a tenth of a sample at 96 kHz."""

SAME_DB = 1e-4
SAME_VALUE = 1e-6
_SAME_BEATS = 1e-5


def same_time(a_s: float, b_s: float) -> bool:
    """Whether two times, or lengths, are one and the same."""
    return abs(a_s - b_s) <= SAME_S


def same_level(a_db: float, b_db: float) -> bool:
    """Whether two levels are one; minus infinity is itself."""
    return a_db == b_db or abs(a_db - b_db) <= SAME_DB


def same_value(a: float, b: float) -> bool:
    """Whether two values of no unit, or of any, are one."""
    return a == b or math.isclose(a, b, rel_tol=SAME_VALUE, abs_tol=SAME_VALUE)


def rounded(seconds: float) -> float:
    """A time to be matched by; two alike may still round apart."""
    return round(seconds, 5)


class SongTimes:
    """Both sessions' tempo maps.

    Where the tempo is another, what keeps its beat moves in seconds, and is not told to have moved:
    the tempo is.
    """

    def __init__(self, a: Session, b: Session) -> None:
        self._a, self._b = (
            TempoMap.at_seconds([(each.position_s, each.bpm, each.curve) for each in side.tempo])
            for side in (a, b)
        )
        self.tempo_differs = a.tempo != b.tempo and bool(a.tempo and b.tempo)

    def beats(self, seconds: float, *, of_b: bool) -> float:
        """The beat at a second of one side, to be matched by."""
        return round((self._b if of_b else self._a).beats(seconds), 4)

    def same_moment(self, a_s: float, b_s: float) -> bool:
        """Whether a moment of A is one of B's, by the second or by the beat."""
        return same_time(a_s, b_s) or (
            self.tempo_differs and abs(self._a.beats(a_s) - self._b.beats(b_s)) <= _SAME_BEATS
        )

    def same_length(self, at: tuple[float, float], length: tuple[float, float]) -> bool:
        """Whether stretches from `at` on, A's and B's, are as long, in seconds or in beats."""
        if same_time(*length):
            return True
        if not self.tempo_differs:
            return False
        one, other = (
            tempo.beats(start + long) - tempo.beats(start)
            for tempo, start, long in zip((self._a, self._b), at, length, strict=True)
        )
        return abs(one - other) <= _SAME_BEATS

    def same_rate(self, at: tuple[float, float], rate: tuple[float, float]) -> bool:
        """Whether what is played at these rates takes as many seconds, or as many beats."""
        if same_value(*rate):
            return True
        one, other = (
            tempo.bpm(tempo.beats(start))
            for tempo, start in zip((self._a, self._b), at, strict=True)
        )
        return self.tempo_differs and math.isclose(rate[0] * other, rate[1] * one, rel_tol=1e-5)
