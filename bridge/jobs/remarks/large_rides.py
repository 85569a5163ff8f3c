"""Rides so large that they may be a slip of the hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from bridge.jobs.model import Job
from bridge.jobs.remarks.places import named_place, place_after
from bridge.planning import Ride, SongMoves
from stemwright.problems import Diagnostic
from stemwright.words import clock

USUAL_DB = 12.0
"""Rides of a master stay within so much; beyond it a decimal point may have been lost."""

_RENDERED = f"rides of a master seldom pass {USUAL_DB:g} dB; it is rendered as it is written"


def large_rides(job: Job, moves: SongMoves) -> tuple[Diagnostic, ...]:
    """A warning for each ride beyond `USUAL_DB`, up or down, and where several add up to that.

    `moves` are those of `job`, as `song_moves` gives them.
    """
    told = [*_single(job)]
    alone = {owner for owner, _ in told}
    return (*(each for _, each in told), *_added_up(job, moves, alone))


def _single(job: Job) -> Iterator[tuple[str, Diagnostic]]:
    """The owner of each ride that is large by itself, and what is told of it."""
    for ride in job.rides:
        gains_db = [gain_db for _, gain_db in ride.points] or [ride.gain_db]
        most_db = max(gains_db, key=abs)
        if abs(most_db) > USUAL_DB:
            owner = ride.group or ride.stem or ""
            message = f"the ride of {owner}{place_after(ride.where)} goes to {_db(most_db)}: "
            place = named_place(ride.where)
            yield owner, Diagnostic("warning", "ride_large", place, message + _RENDERED)


def _added_up(job: Job, moves: SongMoves, told: set[str]) -> Iterator[Diagnostic]:
    groups = {*moves.rides, *moves.pre_rides}
    rows = [(each, (*moves.rides.get(each, ()), *moves.pre_rides.get(each, ()))) for each in groups]
    for owner, rides in sorted([*rows, *moves.stem_rides.items()]):
        seconds, most_db = max(_levels(rides), key=lambda each: abs(each[1]))
        if abs(most_db) > USUAL_DB and owner not in told:
            said = f"the rides of {owner} add up to {_db(most_db)} at {clock(max(0.0, seconds))}: "
            yield Diagnostic("warning", "ride_large", job.path.name, said + _RENDERED)


def _levels(rides: Iterable[Ride]) -> Iterator[tuple[float, float]]:
    """(seconds, dB) of all rides added up, wherever one of them turns or jumps."""
    turns: list[tuple[float, float, float]] = []
    level_db, slope, last_s = 0.0, 0.0, 0.0
    for ride in rides:
        level_db += ride.points[0][1]
        for (start_s, from_db), (end_s, to_db) in pairwise(ride.points):
            if end_s == start_s:
                turns.append((start_s, to_db - from_db, 0.0))
            else:
                per_s = (to_db - from_db) / (end_s - start_s)
                turns += [(start_s, 0.0, per_s), (end_s, 0.0, -per_s)]
    yield 0.0, level_db
    for at_s, rows in groupby(sorted(turns), key=lambda turn: turn[0]):
        level_db += slope * (at_s - last_s)
        yield at_s, level_db
        for _, jump_db, per_s in rows:
            level_db, slope = level_db + jump_db, slope + per_s
        yield at_s, level_db
        last_s = at_s


def _db(gain_db: float) -> str:
    return f"{gain_db:+.9g} dB"
