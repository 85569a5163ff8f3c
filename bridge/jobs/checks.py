"""What must hold in a job beyond its tables: rides, sections, and the ids they name."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ValidationError

from bridge.jobs.job_file import EditTable, RideTable, SectionTable
from bridge.jobs.times import SongTime
from chains import Fault, Source
from stemwright.words import listed, nearest

KINDS = (
    "chain_missing",
    "duplicate_edit",
    "duplicate_section",
    "edit_beyond_end",
    "edit_shape",
    "no_such_beat",
    "reference_missing",
    "ride_shape",
    "stem_ambiguous",
    "stems_missing",
    "time_order",
    "unknown_section",
    "unknown_stem",
    "unknown_version",
)
"""Kinds of faults that a job has beyond those of a chain; scripts may rely on them."""


@dataclass(frozen=True)
class Rows:
    """The [[section]]s, [[ride]]s and [[edit]]s of a file that are right by themselves, by index.

    `names` are those of all sections, whatever else is wrong with them, and `misread` what rides
    that are wrong by themselves name: groups, stems and sections alone.
    """

    sections: tuple[tuple[int, SectionTable], ...]
    rides: tuple[tuple[int, RideTable], ...]
    names: tuple[str, ...]
    misread: tuple[tuple[int, RideTable], ...]
    edits: tuple[tuple[int, EditTable], ...] = ()


def rows_of(data: Mapping[str, Any]) -> Rows:
    """Read what can be read; what is wrong with the rest is told elsewhere."""
    rides = tuple(_each(data.get("ride"), RideTable))
    return Rows(
        tuple(_each(data.get("section"), SectionTable)),
        rides,
        tuple(_names(data.get("section"))),
        tuple(_misread(data.get("ride"), {index for index, _ in rides})),
        tuple(_each(data.get("edit"), EditTable)),
    )


def _misread(rows: Any, read: Container[int]) -> Iterator[tuple[int, RideTable]]:
    for index, row in enumerate(rows if isinstance(rows, tuple) else ()):
        if index not in read and isinstance(row, Mapping):
            named = {name: row.get(name) for name in ("group", "stem", "section")}
            words = {name: word for name, word in named.items() if isinstance(word, str)}
            yield index, RideTable.model_validate(words)


def _names(rows: Any) -> Iterator[str]:
    for row in rows if isinstance(rows, tuple) else ():
        name = row.get("name") if isinstance(row, Mapping) else None
        if isinstance(name, str):
            yield name


def _each(rows: Any, kind: type[BaseModel]) -> Iterator[tuple[int, Any]]:
    for index, row in enumerate(rows if isinstance(rows, tuple) else ()):
        try:
            yield index, kind.model_validate(row)
        except ValidationError:
            continue


def faults_between(rows: Rows, groups: Sequence[str] | None, source: Source) -> Iterator[Fault]:
    """Say what rides and sections have wrong; `groups` is None where no chain can be asked."""
    first: dict[str, int] = {}
    for index, section in rows.sections:
        at = ("section", index)
        if first.setdefault(section.name.casefold(), index) != index:
            yield Fault(
                "duplicate_section",
                f'"{section.name}" already names another section',
                source.where(*at, "name"),
                expected="a name used once",
                hint="rename one of the two; upper and lower case count as the same",
            )
        yield from _order(at, section.start, section.end, source)
    for index, ride in rows.rides:
        yield from _ride(("ride", index), ride, rows.names, groups, source)
    for index, ride in rows.misread:
        yield from _unknown_names(("ride", index), ride, rows.names, groups, source)


def _ride(
    at: tuple[str | int, ...],
    ride: RideTable,
    sections: Sequence[str],
    groups: Sequence[str] | None,
    source: Source,
) -> Iterator[Fault]:
    for said in _shape(ride):
        yield Fault("ride_shape", said[0], source.where(*at), expected=said[1])
    yield from _unknown_names(at, ride, sections, groups, source)
    if ride.start is not None and ride.end is not None:
        yield from _order(at, ride.start, ride.end, source)
    for index, (one, other) in enumerate(pairwise(ride.points or ())):
        if _is_before(other[0], one[0]):
            place = source.where(*at, "points", index + 1)
            expected = "times that do not go back"
            yield Fault("time_order", f"{_said(other[0])} comes before", place, expected)


def _unknown_names(
    at: tuple[str | int, ...],
    ride: RideTable,
    sections: Sequence[str],
    groups: Sequence[str] | None,
    source: Source,
) -> Iterator[Fault]:
    if ride.group is not None and groups is not None and ride.group not in groups:
        yield _unknown("group", ride.group, groups, source, at, "in the chain")
    known = {name.casefold() for name in sections}
    if ride.section is not None and ride.section.casefold() not in known:
        yield _unknown("section", ride.section, sections, source, at, "in this job")


def _unknown(
    kind: str,
    word: str,
    known: Sequence[str],
    source: Source,
    at: tuple[str | int, ...],
    of: str,
) -> Fault:
    return Fault(
        f"unknown_{kind}",
        f'there is no {kind} "{word}" {of}',
        source.where(*at, kind),
        expected=f"one of {listed(known)}" if known else f"a {kind}, but there is none {of}",
        nearest=nearest(word, known),
    )


def _shape(ride: RideTable) -> Iterator[tuple[str, str]]:
    """What is too much or too little in a ride, and what would be right."""
    if (ride.group is None) == (ride.stem is None):
        said = "neither group nor stem" if ride.group is None else "both group and stem"
        yield f"this ride has {said}", "exactly one of the two"
    if ride.stem is not None and ride.pre is not None:
        yield (
            "a stem's ride always acts in its group's sum, before the inserts",
            "pre with a group, or not at all",
        )
    if ride.points is not None:
        beside = {
            "section": ride.section,
            "from": ride.start,
            "to": ride.end,
            "gain_db": ride.gain_db,
            "ramp_s": ride.ramp_s,
        }
        extra = [name for name, value in beside.items() if value is not None]
        if extra:
            yield f"points stand beside {listed(extra)}", "points alone: they say it all"
        return
    if ride.gain_db is None:
        yield "this ride has neither gain_db nor points", "exactly one of the two"
    if (ride.start is None) != (ride.end is None):
        yield "this ride has one end alone", "from and to, or a section"
    elif (ride.section is None) == (ride.start is None):
        said = "no time" if ride.section is None else "both a section and from and to"
        yield f"this ride has {said}", "a section, or from and to"


def _order(
    at: tuple[str | int, ...], start: SongTime, end: SongTime, source: Source
) -> Iterator[Fault]:
    if _is_before(end, start) or start == end:
        said = f"it ends at {_said(end)}, and begins at {_said(start)}"
        yield Fault("time_order", said, source.where(*at, "to"), "an end after its start")


def _is_before(one: SongTime, other: SongTime) -> bool:
    """Whether that is sure without a tempo."""
    if one.seconds is not None and other.seconds is not None:
        return one.seconds < other.seconds
    if one.seconds is None and other.seconds is None:
        return (one.bar, one.beat) < (other.bar, other.beat)
    return False


def _said(time: SongTime) -> str:
    return f"{time.written}" if isinstance(time.written, str) else f"{time.written:g} s"
