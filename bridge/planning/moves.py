"""What one song does beside its chain: gains of single stems, and rides over its time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from stemwright.values import dataclass
from stemwright.words import clock

if TYPE_CHECKING:
    from bridge.planning.model import Stem

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Ride:
    """A gain over the song's time: `points` are (seconds, dB), linear in dB between them.

    Before the first it is the first's, after the last the last's. Of several at one time, the last
    counts from then on.
    """

    points: Points


@dataclass(frozen=True)
class SongMoves:
    """What a song does beside its chain, by the ids of stems and groups.

    `rides` act after a group's inserts, before its fader; `pre_rides` before its first insert.
    `overrides` are the settings that stood over the chain's, by their paths: told, not applied.
    """

    stem_gains_db: Mapping[str, float] = field(default_factory=dict)
    stem_rides: Mapping[str, tuple[Ride, ...]] = field(default_factory=dict)
    rides: Mapping[str, tuple[Ride, ...]] = field(default_factory=dict)
    pre_rides: Mapping[str, tuple[Ride, ...]] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What render.json says of them."""
        return {
            "stem_gains_db": dict(self.stem_gains_db),
            "stem_rides": {name: points_of(rides) for name, rides in self.stem_rides.items()},
            "rides": {name: points_of(rides) for name, rides in self.rides.items()},
            "pre_rides": {name: points_of(rides) for name, rides in self.pre_rides.items()},
            "overrides": dict(self.overrides),
        }

    def on(self, stems: Iterable[Stem]) -> tuple[Stem, ...]:
        """The stems with their gains and rides."""
        return tuple(
            replace(
                stem,
                gain_db=self.stem_gains_db.get(stem.id, 0.0),
                rides=self.stem_rides.get(stem.id, ()),
            )
            for stem in stems
        )


NO_MOVES = SongMoves()
"""A song that does what its chain says."""


def points_of(rides: Iterable[Ride]) -> list[list[list[float]]]:
    """Rides as JSON values, for keys and locks."""
    return [[[*point] for point in ride.points] for ride in rides]


def ride_words(rides: Iterable[Ride]) -> str:
    """Every ride's points in words: "0:30.950 +0 dB, 0:31.000 +0.7 dB"; ";" parts several."""
    told = (
        ", ".join(f"{clock(seconds)} {gain_db:+.9g} dB" for seconds, gain_db in ride.points)
        for ride in rides
    )
    return "; ".join(told) or "none"


def move_words(moves: SongMoves) -> Iterator[tuple[str, str]]:
    """Everything that is heard of a song's moves, each by its name: ("vocals ride", "...")."""
    for stem, gain_db in moves.stem_gains_db.items():
        yield f"{stem} gain", f"{gain_db:+.9g} dB"
    for stem, rides in moves.stem_rides.items():
        yield f"{stem} ride", ride_words(rides)
    for group, rides in moves.pre_rides.items():
        yield f"{group} ride before the inserts", ride_words(rides)
    for group, rides in moves.rides.items():
        yield f"{group} ride", ride_words(rides)
