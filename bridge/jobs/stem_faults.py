"""What a job that has faults has wrong with its stems and their clock besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bridge.jobs.checks import Rows
from bridge.jobs.job_file import RideTable
from bridge.jobs.job_paths import MIXES, is_there, paths_at, place_of
from bridge.jobs.model import RAMP_S, JobRide, Section
from bridge.jobs.song import JobMoves, move_faults, summed_tracks
from chains import Fault, Source
from sessions import Session, SessionError, Tempo, read

_ANY_BPM = 120.0
_SLOWEST_BPM, _FASTEST_BPM = 1.0, 1000.0


def stem_faults(
    data: Mapping[str, Any], rows: Rows, source: Source, folder: Path, known: Sequence[Fault]
) -> Iterator[Fault]:
    """Hold what can be read of a job in `folder` to its stems, so that all faults come at once.

    `known` are its faults already; what they are about is left out. Where the stems cannot be
    read, none of them is told to be missing.
    """
    session = _session(data, folder)
    if session is None:
        return
    for fault in move_faults(_moves(data, rows, source), session):
        if not any(_is_same(each, fault) for each in known):
            yield fault


def _session(data: Mapping[str, Any], folder: Path) -> Session | None:
    """The session of a job's stems with its tempo; with any at all, where that is what is wrong."""
    stems = [place_of(folder, written) for _, written in paths_at(data, "stems")]
    there = [each for each in stems if each is not None and is_there(each)]
    if not there or len(there) < len(stems):
        return None
    try:
        session = read(there)
    except SessionError:
        return None
    mixes = [place_of(folder, each) for name in MIXES for _, each in paths_at(data, name)]
    tracks = summed_tracks(session, [each.resolve() for each in mixes if each is not None])
    bpm = data.get("tempo_bpm")
    if bpm is None:
        return replace(session, tracks=tracks)
    is_tempo = isinstance(bpm, int | float) and _SLOWEST_BPM <= bpm <= _FASTEST_BPM
    return replace(session, tracks=tracks, tempo=(Tempo(0.0, bpm if is_tempo else _ANY_BPM),))


def _moves(data: Mapping[str, Any], rows: Rows, source: Source) -> JobMoves:
    table = data.get("stem")
    names = [*table] if isinstance(table, Mapping) else []
    sections = [
        Section(row.name, row.start, row.end, where=source.where("section", index))
        for index, row in rows.sections
    ]
    return JobMoves(
        stem_gains_db=dict.fromkeys(names, 0.0),
        stem_places={name: source.where("stem", name) for name in names},
        sections=sections,
        rides=[_ride(index, row, source) for index, row in (*rows.rides, *rows.misread)],
    )


def _ride(index: int, row: RideTable, source: Source) -> JobRide:
    """A ride without its section, whose times are held to the clock by themselves."""
    return JobRide(
        group=row.group,
        stem=row.stem,
        section=None,
        start=row.start,
        end=row.end,
        gain_db=0.0,
        ramp_s=RAMP_S,
        pre=False,
        points=row.points or (),
        where=source.where("ride", index),
    )


def _is_same(known: Fault, fault: Fault) -> bool:
    """Whether a fault is told already, here or deeper inside of where it is."""
    at = fault.where.at
    return known.kind == fault.kind and known.where.at[: len(at)] == at
