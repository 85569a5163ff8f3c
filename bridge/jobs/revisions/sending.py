"""Sending: the draft becomes the next revision, whole, or nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bridge.finished import OutputFolder, read_lock
from bridge.jobs.holding import held_of, hold
from bridge.jobs.model import HeldByJob, Job
from bridge.jobs.reading import job_path, load_job
from bridge.jobs.revisions.counting import free_name, note_sent
from bridge.jobs.revisions.keeping import keep, user_name
from bridge.jobs.revisions.record import REVISIONS, RevisionRecord, agreement_on
from bridge.jobs.revisions.working import working_on
from stemwright.files import cannot_write, placed
from stemwright.problems import InputError, Problem
from stemwright.words import listed, quoted


@dataclass(frozen=True)
class Sent:
    """A revision that was sent; `held` is what the job holds from this one on, None: as before."""

    folder: Path
    record: RevisionRecord
    held: HeldByJob | None


def send(
    path: Path,
    words: str,
    check: Callable[[Job], None],
    *,
    who: str | None = None,
    when: datetime | None = None,
    freeze: bool = False,
) -> Sent:
    """Freeze a job's draft as its next revision.

    `check` raises where the draft is not what the job says now. The first one sent writes drive and
    length into the job, which holds them. `who` is the user's name and `when` now, if nobody says.
    `freeze` notes that it is to be frozen, which is left to the caller.
    Raises InputError `no_words`, `no_draft`, `draft_not_whole`, `job_in_use`, `bad_sent`,
    `not_sent` for a folder that has the next name and was never sent, JobError, MachineError;
    nothing is sent then, and the job is as it was.
    """
    if not words.strip():
        said = "a revision is sent with words: what was asked for, and what was done"
        raise InputError(Problem("no_words", said, hint='--words "vocals up a touch"'))
    place = job_path(path)
    with working_on(place.parent), ExitStack() as stack:
        job = load_job(place)
        _claim_draft(stack, job)
        check(job)
        before = place.read_bytes()
        held = _held_first(job)
        try:
            if held is not None:
                hold(place, held)
            time = when or datetime.now().astimezone()
            record = _kept(job, words, who or user_name(), time, freeze=freeze)
        except BaseException as error:
            if held is not None:
                placed(place, before, lasting=True)
            if isinstance(error, OSError):
                raise cannot_write(place.parent / REVISIONS, error) from error
            raise
    return Sent(place.parent / REVISIONS / record.revision, record, held)


def _claim_draft(stack: ExitStack, job: Job) -> None:
    """Keep the draft for us, every file of it as it was written. Raises InputError."""
    if not job.draft.is_dir():
        raise InputError(
            Problem(
                "no_draft",
                "this job has no draft yet",
                {"file": str(job.path)},
                hint=f"render it first: stemwright render {quoted(job.folder)}",
            )
        )
    out = stack.enter_context(OutputFolder(job.draft, replace=True))
    out.claim()
    owned = out.owned
    written = (owned.record or {}).get("digests", {})
    gone = [name for name in written if name not in owned.whole and name not in owned.changed]
    edited = [name for name in written if name not in gone and owned.as_written(name) is None]
    told = [f"{listed(gone)} {_is(gone)} gone from the draft"] if gone else []
    if edited:
        told.append(f"{listed(edited)} of the draft {_is(edited)} not as rendered")
    if told or owned.record is None:
        said = "; ".join(told) or "the draft has no master"
        again = " --replace" if edited else ""
        hint = f"render it again: stemwright render {quoted(job.folder)}{again}"
        problem = Problem("draft_not_whole", said, {"file": str(job.draft)}, hint=hint)
        raise InputError(problem)


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _held_first(job: Job) -> HeldByJob | None:
    """What the job has to hold from now on; None where it does already."""
    solved = read_lock(job.draft).drive_db is not None
    if job.held.tail_s is not None and (job.held.drive_db is not None or not solved):
        return None
    return held_of(job.draft)


def _kept(job: Job, words: str, who: str, when: datetime, *, freeze: bool) -> RevisionRecord:
    """Write the draft as the next revision. Raises InputError, OSError."""
    text = job.path.read_bytes()
    place = job.folder / REVISIONS
    name = free_name(place)
    agreement = agreement_on(int(name[1:]), job.revisions_included)
    record = keep(
        job.draft, place, name, text, words, who, when, freeze=freeze, agreement=agreement
    )
    note_sent(place, job.revisions_included)
    return record
