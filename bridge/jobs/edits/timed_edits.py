"""The edits of a job in seconds, held to the song that they are cut out of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bridge.delivering.files import TimedEdit
from bridge.jobs.edits.job_edit import JobEdit
from bridge.jobs.job_file import JobError
from bridge.jobs.model import Job
from bridge.jobs.times import BarClock, NoSuchBeatError, SongTime
from chains import Fault

_NO_FRAME_S = 1e-6


def needs_bars(job: Job) -> bool:
    """Whether a time of its edits can only be told by the session's tempo and meters."""
    times = (time for edit in job.edits for span in edit.spans for time in span)
    return any(time is not None and time.seconds is None for time in times)


def timed_edits(job: Job, clock: BarClock, song_s: float) -> Mapping[str, TimedEdit]:
    """Every edit of a job by its id, of a song that is `song_s` long.

    Raises JobError with all faults: bars without a tempo, times beyond the song's end, sections
    and fades that do not fit.
    """
    faults: list[Fault] = []
    found: dict[str, TimedEdit] = {}
    for edit in job.edits:
        timed, told = _timed(edit, clock, song_s)
        faults += told
        if timed is not None:
            found[edit.id] = timed
    if faults:
        raise JobError(faults)
    return found


def _timed(edit: JobEdit, clock: BarClock, song_s: float) -> tuple[TimedEdit | None, list[Fault]]:
    try:
        spans = tuple((_at_s(start, clock) or 0.0, _at_s(end, clock)) for start, end in edit.spans)
    except NoSuchBeatError as error:
        expected = "a beat of that bar" if clock.tempo else "tempo_bpm, or times in seconds"
        return None, [Fault("no_such_beat", str(error), edit.where, expected)]
    timed = TimedEdit(
        spans_s=spans,
        length_s=edit.length_s,
        crossfade_s=edit.crossfade_s,
        fade_in_s=edit.fade_in_s,
        fade_out_s=edit.fade_out_s,
        head_s=edit.head_s,
        tail_s=edit.tail_s,
    )
    return timed, [*_faults(edit, timed, song_s)]


def _at_s(time: SongTime | None, clock: BarClock) -> float | None:
    return None if time is None else time.at_s(clock)


def _faults(edit: JobEdit, timed: TimedEdit, song_s: float) -> Iterator[Fault]:
    for start_s, stop_s in timed.parts_s(song_s):
        if stop_s > song_s + _NO_FRAME_S:
            said = f"{edit.id} goes on to {stop_s:g} s, and the song ends at {song_s:g} s"
            yield Fault("edit_beyond_end", said, edit.where, "times within the song")
        elif stop_s <= start_s:
            said = f"{edit.id} ends at {stop_s:g} s, and begins at {start_s:g} s"
            yield Fault("edit_shape", said, edit.where, "an end after its start")
    lengths_s = [stop_s - start_s for start_s, stop_s in timed.parts_s(song_s)]
    if min(lengths_s) <= 0.0:
        return
    if len(lengths_s) > 1 and min(lengths_s) < timed.crossfade_s:
        said = f"a section of {edit.id} is shorter than its crossfades"
        yield Fault("edit_shape", said, edit.where, "a shorter crossfade, or a longer section")
    if timed.fade_in_s + timed.fade_out_s > sum(lengths_s):
        said = f"the fades of {edit.id} are longer than its sound"
        yield Fault("edit_shape", said, edit.where, "shorter fades")
