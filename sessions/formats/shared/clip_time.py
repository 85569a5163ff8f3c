"""Time inside clips: beats or seconds from where the content begins, and warps that stretch it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise
from typing import Literal

from sessions.formats.dawproject.vocabulary import REPITCH
from sessions.model.tempo import TempoMap

Unit = Literal["beats", "seconds"]

EDGE = 1e-9
"""Below this two times of a timeline are one."""

_MOST_PIECES = 100_000
_FIRST_PIECES, _PIECES_A_CLIP = 10_000, 500
_POINTS_A_PIECE = 16
_MOST_TURNS = 10_000
_MOST_KNOTS = 256


class EndlessError(ValueError):
    """Loops and warps that come to more than any song; the message says which."""


class Effort:
    """How much a session's clips come to once loops are unrolled and warps are judged.

    What is allowed grows with the clips that are written down, up to 100,000 pieces: beyond it the
    file is damaged, or made to keep a reader busy.
    """

    def __init__(self, clips: int) -> None:
        self._left = min(_MOST_PIECES, _FIRST_PIECES + _PIECES_A_CLIP * clips)

    def take(self, points: int = 0) -> None:
        """Account for a piece, and for the `points` it is judged by; raises EndlessError."""
        self._left -= 1 + points // _POINTS_A_PIECE
        if self._left < 0:
            raise EndlessError("clips, loops and warps inside one another come to too many")


@dataclass(frozen=True)
class Scope:
    """A timeline's time: `zero` is the song's beat, or second, at which it reads 0.

    `bends` are the song's beats at which the tempo changes or begins to ramp.
    """

    clock: TempoMap
    unit: Unit
    zero: float = 0.0
    bends: tuple[float, ...] = ()

    @classmethod
    def of_song(cls, clock: TempoMap, unit: Unit = "beats") -> Scope:
        """The song's own time."""
        bends = tuple(sorted(clock.beats(tempo.position_s) for tempo in clock.tempos()))
        return cls(clock, unit, 0.0, bends)

    def seconds(self, time: float) -> float:
        """The song's second at `time`."""
        at = self.zero + time
        return self.clock.seconds(at) if self.unit == "beats" else at

    def time(self, seconds: float) -> float:
        """The inverse of `seconds`."""
        at = self.clock.beats(seconds) if self.unit == "beats" else seconds
        return at - self.zero

    def within(self, unit: Unit, time: float, content: float) -> Scope:
        """The scope inside a clip whose `content` time is heard at this scope's `time`."""
        at = self.zero + time
        if unit != self.unit:
            at = self.clock.seconds(at) if unit == "seconds" else self.clock.beats(at)
        return Scope(self.clock, unit, at - content, self.bends)

    def there(self, time: float, other: Scope) -> float:
        """This scope's `time` as `other` counts it."""
        if self.unit == other.unit:
            return self.zero + time - other.zero
        return other.time(self.seconds(time))

    def as_unit(self, unit: Unit) -> Scope:
        """The same timeline, counted in `unit` from the same zero."""
        return self if unit == self.unit else self.within(unit, 0.0, 0.0)

    def knots(self, low: float, high: float) -> list[float]:
        """The times from `low` to `high` at which the tempo changes or bends; of very many some."""
        beats = Scope(self.clock, "beats")
        first = bisect_left(self.bends, self.there(low, beats))
        last = bisect_right(self.bends, self.there(high, beats))
        every = max(1, (last - first) // _MOST_KNOTS)
        return [beats.there(bend, self) for bend in self.bends[first:last:every]]


@dataclass(frozen=True)
class Piece:
    """A turn of the loop, or the clip as a whole: `start` to `end` in the clip's timeline."""

    scope: Scope
    start: float
    end: float


@dataclass(frozen=True)
class Loop:
    """What a clip plays, in content time: from `play` to `end`, then from `start` on again."""

    unit: Unit
    play: float
    start: float
    end: float

    def turns(self, scope: Scope, at: float, until: float) -> Iterator[Piece]:
        """The turns of a clip that begins `at` in `scope`; the last may reach beyond `until`.

        Raises EndlessError when they get too short or too many.
        """
        play = self.play
        for turn in count():
            inside = scope.within(self.unit, at, play)
            after = inside.there(self.end, scope)
            if after - at <= EDGE or turn >= _MOST_TURNS:
                length = self.end - self.start
                raise EndlessError(f"a loop of {length:g} {self.unit} is too short to be unrolled")
            yield Piece(inside, at, after)
            if after >= until - EDGE:
                return
            at, play = after, self.start


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
