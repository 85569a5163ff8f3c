"""Time inside clips: beats of the song, or seconds, from where the clip's content begins."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

from sessions.tempo import TempoMap

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
