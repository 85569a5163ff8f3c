"""What one song does beside its chain: gains of single stems, and rides over its time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

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
