"""Which versions of a song are delivered: finished, approved and wanted ones, edits of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.words import nearest, quoted

if TYPE_CHECKING:
    from bridge.delivering import SongVersion
    from bridge.finished import Lock
    from bridge.jobs import BarClock, Job
    from bridge.road.deliveries.asked import ToDeliver
    from bridge.road.deliveries.sent_song import SentSong
    from chains import Chain


def song_versions(
    given: ToDeliver, sent: SentSong, chain: Chain, lock: Lock
) -> tuple[tuple[SongVersion, ...], tuple[Diagnostic, ...]]:
    """What was finished, and the edits of it that the job asks for: all, or those wanted.

    What is not approved of a revision stays out, and is told. Raises InputError for what is wanted
    and is not there or not approved; JobError for edits that do not fit what was finished.
    """
    every = (*_finished_versions(chain, lock), *_edits(sent.job, lock))
    out = [each for each in every if sent.approved is None or each.master in sent.approved]
    kept_back = [each.id for each in every if each not in out]
    approving = (
        f"stemwright approve {quoted(given.song)} {sent.folder.name}, or name the revision: "
    )
    approving += f"--revision {sent.folder.name}"
    problems = list(_not_there(given.only, [each.id for each in out], kept_back, approving))
    if problems:
        raise InputError(problems)
    if given.only:
        return tuple(each for each in out if each.id in given.only), ()
    return tuple(out), tuple(_kept_back(kept_back, sent.folder.name, approving))


def _not_there(
    only: Sequence[str], made: Sequence[str], kept_back: Sequence[str], approving: str
) -> Iterator[Problem]:
    for word in only:
        if word in kept_back:
            yield Problem("not_approved", f"--only {word}: it is not approved", hint=approving)
        elif word not in made:
            yield Problem(
                "usage",
                f"--only {word}: the song has no version of that name",
                expected=f"one of {', '.join(made)}",
                nearest=nearest(word, made),
            )


def _kept_back(versions: Sequence[str], name: str, approving: str) -> Iterator[Diagnostic]:
    for word in versions:
        said = f"{word} of {name} is not approved and stays out: {approving}"
        yield Diagnostic("warning", "version_not_approved", name, said)


def _finished_versions(chain: Chain, lock: Lock) -> Iterator[SongVersion]:
    from bridge.delivering import SongVersion

    groups = {each.id for each in chain.groups}
    alone = {
        each.id: each.only[0]
        for each in chain.versions
        if len(each.only) == 1 and each.only[0] in groups
    }
    for output in lock.outputs:
        yield SongVersion(output.version, alone.get(output.version))


def _edits(job: Job | None, lock: Lock) -> Iterator[SongVersion]:
    """The job's edits of what was finished. Raises JobError with all that does not fit it."""
    if job is None or not job.edits or lock.frames is None:
        return
    from bridge.delivering import SongVersion
    from bridge.jobs import JobError, timed_edits
    from chains import Fault

    made = [each.version for each in lock.outputs]
    faults = [
        Fault(
            "unknown_version",
            f"what was finished has no version {edit.of}, which {edit.id} is cut out of",
            edit.where,
            f"one of {', '.join(made)}",
        )
        for edit in job.edits
        if edit.of not in made
    ]
    if faults:
        raise JobError(faults)
    found = timed_edits(job, _clock(job), lock.frames / lock.engine.sample_rate_hz)
    for edit in job.edits:
        yield SongVersion(edit.id, of=edit.of, edit=found[edit.id])


def _clock(job: Job) -> BarClock:
    """What counts the bars of the job's edits; the stems are read only where there are any."""
    from bridge.jobs import BarClock, needs_bars, song_session

    if not needs_bars(job):
        return BarClock(())
    from sessions import read

    session = song_session(job, read(job.stems))
    return BarClock(session.tempo, session.meters)
