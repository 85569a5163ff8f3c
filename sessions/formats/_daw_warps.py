"""Warp markers: where in its file a clip stands, and whether it is heard stretched at all.

DAWs put warp markers on files they never stretch. A clip whose markers agree with the song's
tempo, so that no sample moves by half a frame, sounds like its file and is not called warped.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sessions.formats._dawproject_tables import REPITCH

_USUAL_RATE_HZ = 48_000
_REPITCHED, _UNSTRETCHED = frozenset({REPITCH}), frozenset({"raw"})


@dataclass(frozen=True)
class Warping:
    """How a stretch of a warped file is heard.

    `offset_s` is where in the file it begins. `play_rate` is file seconds a song second, on
    average; `constant` when it holds throughout, `neutral` when it is constantly 1.
    """

    offset_s: float
    play_rate: float
    constant: bool
    neutral: bool
    warped: bool = False

    def by_algorithm(self, algorithm: str | None) -> Warping:
        """How it sounds: tape-like at a constant rate and unstretched playing are no warping."""
        if self.neutral or algorithm in _UNSTRETCHED:
            return replace(self, play_rate=1.0, warped=False)
        return replace(self, warped=not (self.constant and algorithm in _REPITCHED))


AS_IT_IS = Warping(0.0, 1.0, constant=True, neutral=True)
"""A file heard from its beginning, as it was recorded."""


class WarpMap:
    """From a clip's content time to seconds of its file, linear between markers and beyond."""

    def __init__(self, markers: Iterable[tuple[float, float]]) -> None:
        rising: list[tuple[float, float]] = []
        for marker in sorted(markers):
            if not rising or marker[0] > rising[-1][0]:
                rising.append(marker)
        self._times = [time for time, _ in rising]
        self._sources = [source for _, source in rising]

    def count(self, low: float, high: float) -> int:
        """How many markers `between` would give."""
        return max(0, bisect_left(self._times, high) - bisect_right(self._times, low))

    def __bool__(self) -> bool:
        """Whether there are two markers, without which no rate is known."""
        return len(self._times) >= 2

    def source_s(self, time: float) -> float:
        """Seconds of the file that are heard at content `time`."""
        right = min(max(bisect_right(self._times, time), 1), len(self._times) - 1)
        left = right - 1
        span = self._times[right] - self._times[left]
        slope = (self._sources[right] - self._sources[left]) / span
        return self._sources[left] + slope * (time - self._times[left])

    def between(self, low: float, high: float) -> list[float]:
        """The times of the markers strictly between `low` and `high`."""
        return self._times[bisect_right(self._times, low) : bisect_left(self._times, high)]


def warping(
    warps: WarpMap,
    song_s: Callable[[float], float],
    low: float,
    high: float,
    *,
    knots: Sequence[float] = (),
    rate_hz: float = 0,
) -> Warping:
    """Judge content `low` to `high`; `song_s` tells the song's second at a content time.

    `knots` are content times at which the tempo changes.
    """
    inner = [*warps.between(low, high), *(knot for knot in knots if low < knot < high)]
    ordered = sorted({low, high, *inner})
    times = sorted({*ordered, *((a + b) / 2 for a, b in pairwise(ordered))})
    heard = [(song_s(time) - song_s(low), warps.source_s(time)) for time in times]
    offset_s = heard[0][1]
    length_s, source_end_s = heard[-1]
    play_rate = (source_end_s - offset_s) / length_s if length_s > 0 else 1.0
    half_frame_s = 0.5 / (rate_hz or _USUAL_RATE_HZ)
    strays = [abs(source - offset_s - play_rate * at) for at, source in heard]
    drifts = [abs(source - offset_s - at) for at, source in heard]
    return Warping(
        offset_s, play_rate, max(strays) < half_frame_s, neutral=max(drifts) < half_frame_s
    )
