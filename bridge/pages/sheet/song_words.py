"""What a sheet says of a song that its finished folder does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bridge.finished import Lock
from bridge.pages.sheet.sheet import SheetRide, SheetSection
from bridge.planning import Ride, ride_words
from chains import Chain

RideKind = Literal["stem", "before the inserts", "after the inserts"]


@dataclass(frozen=True)
class RideName:
    """A ride of a job in its order: whose it is, where it acts, in which section.

    `peaks_db` are the gains of its points: by them it is known again in a lock.
    """

    owner: str
    kind: RideKind
    section: str | None
    peaks_db: tuple[float, ...]


@dataclass(frozen=True)
class SongWords:
    """Heading, sections and rides as the job has them; `chain` is the chain without the job's."""

    title: str = ""
    artist: str = ""
    revision: str = ""
    date: str = ""
    engineer: str = ""
    words: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    sections: tuple[SheetSection, ...] = ()
    rides: tuple[RideName, ...] = ()
    chain: Chain | None = None
    remarks: tuple[str, ...] = ()


def rides_of(lock: Lock, words: SongWords) -> Iterator[tuple[str, SheetRide]]:
    """Every ride of a master under its group's id, with its section where the job still has it."""
    moves = lock.moves()
    names = {row.stem: {row.stem.casefold(), row.name.casefold()} for row in lock.sources}
    for row in lock.sources:
        rides = moves.stem_rides.get(row.stem, ())
        for ride, section in _named(rides, words, "stem", names[row.stem]):
            yield row.group, SheetRide(f"stem {row.stem}", ride_words([ride]), section)
    for group in dict.fromkeys([*moves.pre_rides, *moves.rides]):
        kinds: tuple[tuple[RideKind, tuple[Ride, ...]], ...] = (
            ("before the inserts", moves.pre_rides.get(group, ())),
            ("after the inserts", moves.rides.get(group, ())),
        )
        for kind, rides in kinds:
            for ride, section in _named(rides, words, kind, {group.casefold()}):
                yield group, SheetRide(f"{group}, {kind}", ride_words([ride]), section)


def _named(
    rides: tuple[Ride, ...], words: SongWords, kind: RideKind, owners: set[str]
) -> Iterator[tuple[Ride, str | None]]:
    """Pair rides with their sections: a job's stand in a lock in the job's own order."""
    told = [each for each in words.rides if each.kind == kind and each.owner.casefold() in owners]
    same = len(told) == len(rides) and all(
        each.peaks_db == tuple(gain_db for _, gain_db in ride.points)
        for each, ride in zip(told, rides, strict=True)
    )
    for number, ride in enumerate(rides):
        yield ride, told[number].section if same else None


def in_sections(words: SongWords, rides: Iterable[SheetRide]) -> tuple[SheetSection, ...]:
    """The song's sections, each with the rides that were written for it."""
    told = tuple(rides)
    return tuple(
        replace(part, rides=tuple(ride for ride in told if ride.section == part.name))
        for part in words.sections
    )
