"""What of a job lies beyond the song's end, and so does nothing, or little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bridge.jobs.model import Job, JobRide
from bridge.jobs.remarks.places import named_place, place_after
from bridge.jobs.times import BarClock
from bridge.planning import TAIL_S, Plan
from sessions import Session
from stemwright.problems import Diagnostic
from stemwright.words import clock


def beyond_end(job: Job, session: Session, plan: Plan) -> tuple[Diagnostic, ...]:
    """A warning for every ride and section that begins where the longest stem has ended, or later.

    `plan` is that of `job` and `session`, whole or an excerpt; `song_moves` took the job's times.
    """
    clock, end_s = BarClock(session.tempo, session.meters), _stems_end_s(plan)
    tail_s = TAIL_S if plan.engine.tail_s is None else plan.engine.tail_s
    ends = _Ends(end_s, end_s + tail_s)
    return (*_rides(job, clock, ends), *_sections(job, clock, ends))


@dataclass(frozen=True)
class _Ends:
    """Where the longest stem ends, and the latest that the master's tail can."""

    stems_s: float
    tail_s: float

    def told(self, begin_s: float) -> str:
        """Where it begins, against the song's end."""
        song = f"the song's end at {clock(self.stems_s)}"
        if begin_s == self.stems_s:
            return f"begins at {song}"
        return f"begins at {clock(begin_s)}, after {song}"


def _stems_end_s(plan: Plan) -> float:
    """An excerpt's plan has only its own frames, so that the stems are asked."""
    rate_hz = plan.engine.sample_rate_hz
    stems = (stem for lane in plan.lanes for stem in lane.stems)
    return max((stem.frames_at(rate_hz) for stem in stems), default=0) / rate_hz


def _rides(job: Job, clock: BarClock, ends: _Ends) -> Iterator[Diagnostic]:
    for ride in job.rides:
        start = ride.points[0][0] if ride.points else ride.start
        begin_s = None if start is None else start.at_s(clock)
        if begin_s is None or begin_s < ends.stems_s:
            continue
        said = (
            f"the ride of {ride.group or ride.stem}{place_after(ride.where)} {ends.told(begin_s)}"
        )
        message = f"{said}: {_heard(ride, begin_s, ends)}"
        yield Diagnostic("warning", "ride_beyond_end", named_place(ride.where), message)


def _heard(ride: JobRide, begin_s: float, ends: _Ends) -> str:
    """What is heard of a ride that begins beyond the end all the same."""
    if ride.points and ride.points[0][1] != 0.0:
        return f"its first gain, {ride.points[0][1]:+.9g} dB, holds for the whole song"
    if not ride.points and begin_s - ride.ramp_s < ends.stems_s:
        return "only of its ramp, which comes before it, something is heard"
    if ride.stem is None and not ride.pre and begin_s < ends.tail_s:
        return "at most a tail is heard there"
    return "it is never heard"


def _sections(job: Job, clock: BarClock, ends: _Ends) -> Iterator[Diagnostic]:
    for section in job.sections:
        begin_s = section.start.at_s(clock)
        if begin_s >= ends.stems_s:
            said = f"the section {section.name}{place_after(section.where)} {ends.told(begin_s)}"
            message = f"{said}: no stem sounds in it"
            yield Diagnostic("warning", "section_beyond_end", named_place(section.where), message)
