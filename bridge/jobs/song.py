"""A job meets the session of its stems: tempo, references, and what it does over time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from bridge.jobs.job_file import JobError
from bridge.jobs.model import Job, JobRide, Section
from bridge.jobs.times import BarClock, NoSuchBeatError, SongTime
from bridge.planning import Ride, SongMoves
from chains import NOWHERE, Fault, Where
from sessions import Entry, Reference, Session, Tempo, Track, read_header
from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.words import listed, nearest

MixKind = Literal["mix", "reference"]
BESIDE_UNREADABLE = "beside_unreadable"


def song_session(job: Job, session: Session, spared: Collection[MixKind] = ()) -> Session:
    """The session of the job's stems as the song has it.

    With the job's tempo; what the job names as its rough mix or a reference is compared with and
    never summed, wherever it lies. Raises InputError for one that is no audio file; of the kinds
    that are `spared` it is left out, and the session's diagnostics have it as BESIDE_UNREADABLE.
    """
    rough = [] if job.rough is None else [job.rough.resolve()]
    others = [path.resolve() for path in job.references if path.resolve() not in rough]
    known = {each.media.path for each in session.references if each.media.member is None}
    tracks = summed_tracks(session, [*rough, *others])
    if not tracks:
        raise InputError(
            Problem(
                "only_mixes",
                "every stem is named as the rough mix or a reference",
                {"file": str(job.path)},
                expected="stems beside them",
            )
        )
    tempo = session.tempo if job.tempo_bpm is None else (Tempo(0.0, job.tempo_bpm),)
    mixes, told = _references([path for path in rough if path not in known], "mix", spared)
    music, also = _references([path for path in others if path not in known], "reference", spared)
    return replace(
        session,
        tracks=tracks,
        tempo=tempo,
        references=(
            *mixes,
            *session.references,
            *music,
        ),
        diagnostics=(*session.diagnostics, *told, *also),
        provenance=(*_provenance(job), *session.provenance),
    )


def summed_tracks(session: Session, mixes: Iterable[Path]) -> tuple[Track, ...]:
    """The tracks of a session but for those whose file is one of `mixes`, resolved paths."""
    others = {*mixes}
    return tuple(each for each in session.tracks if not _files(each) & others)


def _provenance(job: Job) -> Iterator[tuple[str, str]]:
    for name, text in (("title", job.title), ("artist", job.artist)):
        if text:
            yield name, text


def _files(track: Track) -> set[Path]:
    media = [each for clip in track.clips for each in (clip.media, clip.right)]
    return {each.path for each in media if each is not None and each.member is None}


def _references(
    paths: Iterable[Path], kind: MixKind, spared: Collection[MixKind]
) -> tuple[list[Reference], list[Diagnostic]]:
    """What can be read of them, and what is to be told of the others. Raises InputError."""
    made: list[Reference] = []
    told: list[Diagnostic] = []
    for path in paths:
        found = read_header(Entry(path.name, "", path), lossy=True)
        if not isinstance(found, Problem):
            made.append(Reference(kind, path.stem, found.media))
        elif kind in spared:
            word = "rough mix" if kind == "mix" else "reference"
            said = f"the {word} {path.name} is left out: {found.message}"
            told.append(Diagnostic("warning", BESIDE_UNREADABLE, str(path), said))
        else:
            raise InputError(found)
    return made, told


@dataclass(frozen=True)
class JobMoves:
    """What of a job meets the stems and their clock."""

    stem_gains_db: Mapping[str, float]
    stem_places: Mapping[str, Where]
    sections: Sequence[Section]
    rides: Sequence[JobRide]


def song_moves(job: Job, session: Session) -> SongMoves:
    """What the song does beside its chain, its times in seconds and its stems by their ids.

    `session` is the one that `song_session` gives. Raises JobError with all faults: stems that are
    not there, bars without a tempo, ends before their starts.
    """
    said = JobMoves(job.stem_gains_db, job.stem_places, job.sections, job.rides)
    resolving = _Resolving(said, session)
    moves = resolving.moves(job.overrides)
    if resolving.faults:
        raise JobError(resolving.faults)
    return moves


def move_faults(said: JobMoves, session: Session) -> tuple[Fault, ...]:
    """What `song_moves` would raise, of a job as far as it can be read.

    A ride without times is held to its stem alone.
    """
    resolving = _Resolving(said, session)
    resolving.moves({})
    return tuple(resolving.faults)


class _Resolving:
    """Gathers what a job does with the stems and the clock of a session, and its faults."""

    def __init__(self, said: JobMoves, session: Session) -> None:
        self._said, self._tracks = said, [track for track in session.tracks if track.clips]
        self._clock = BarClock(session.tempo, session.meters)
        self.faults: list[Fault] = []

    def moves(self, overrides: Mapping[str, Any]) -> SongMoves:
        gains_db: dict[str, float] = {}
        for name, gain_db in self._said.stem_gains_db.items():
            stem = self._stem(name, self._said.stem_places.get(name, NOWHERE))
            if stem is not None:
                gains_db[stem] = gain_db
        found: dict[str, dict[str, list[Ride]]] = {"stem": {}, "post": {}, "pre": {}}
        for ride in self._said.rides:
            owner = ride.group if ride.stem is None else self._stem(ride.stem, ride.where)
            resolved = self._ride(ride)
            kind = "stem" if ride.stem is not None else "pre" if ride.pre else "post"
            if owner is not None and resolved is not None:
                found[kind].setdefault(owner, []).append(resolved)
        for section in self._said.sections:
            self._ends(section.start, section.end, section.where)
        stems, post, pre = (
            {owner: tuple(rides) for owner, rides in found[kind].items()}
            for kind in ("stem", "post", "pre")
        )
        return SongMoves(gains_db, stems, post, pre, overrides)

    def _ride(self, ride: JobRide) -> Ride | None:
        if ride.points:
            return self._points(ride)
        if ride.start is None or ride.end is None:
            return None
        ends = self._ends(ride.start, ride.end, ride.where)
        if ends is None:
            return None
        start_s, end_s = ends
        full = ride.gain_db
        return Ride(
            (
                (start_s - ride.ramp_s, 0.0),
                (start_s, full),
                (end_s, full),
                (end_s + ride.ramp_s, 0.0),
            )
        )

    def _points(self, ride: JobRide) -> Ride | None:
        times = [self._seconds(time, ride.where) for time, _ in ride.points]
        known = [each for each in times if each is not None]
        if len(known) < len(times):
            return None
        if any(later < earlier for earlier, later in pairwise(known)):
            self._tell("time_order", "its points go back in time", ride.where, "times in order")
            return None
        return Ride(tuple(zip(known, (gain_db for _, gain_db in ride.points), strict=True)))

    def _ends(self, start: SongTime, end: SongTime, where: Where) -> tuple[float, float] | None:
        start_s, end_s = self._seconds(start, where), self._seconds(end, where)
        if start_s is None or end_s is None:
            return None
        if end_s <= start_s:
            said = f"it ends at {end_s:g} s, and begins at {start_s:g} s"
            self._tell("time_order", said, where, "an end after its start")
            return None
        return start_s, end_s

    def _seconds(self, time: SongTime, where: Where) -> float | None:
        try:
            return time.at_s(self._clock)
        except NoSuchBeatError as error:
            expected = (
                "a beat of that bar" if self._clock.tempo else "tempo_bpm, or times in seconds"
            )
            self._tell("no_such_beat", f"{time.written}: {error}", where, expected)
            return None

    def _stem(self, name: str, where: Where) -> str | None:
        """The id of the stem that is meant: its file's name, or its name without the song's."""
        wanted = name.casefold()
        found = [each.id for each in self._tracks if each.id.casefold() == wanted]
        found = found or [each.id for each in self._tracks if each.name.casefold() == wanted]
        if len(found) == 1:
            return found[0]
        names = [each.id for each in self._tracks]
        if found:
            said = f'"{name}" may be {" or ".join(found)}'
            self._tell("stem_ambiguous", said, where, "the name of one stem's file")
        else:
            said = f'there is no stem "{name}" in this song'
            near = nearest(name, [*names, *(each.name for each in self._tracks)])
            self._tell("unknown_stem", said, where, f"one of {listed(names)}", near)
        return None

    def _tell(
        self, kind: str, message: str, where: Where, expected: str, near: str | None = None
    ) -> None:
        self.faults.append(Fault(kind, message, where, expected, near))
