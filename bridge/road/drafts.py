"""Whether a job's draft is what the job says now, told as a render would decide it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bridge.road.inputs import Inputs
from bridge.road.rendering import Work, planned_lock
from stemwright.problems import InputError, Problem
from stemwright.words import quoted

if TYPE_CHECKING:
    from bridge.finished import Lock
    from bridge.gathering import Events
    from bridge.jobs import Job

_MOST_TOLD = 5


def check_draft(given: Inputs, job: Job, events: Events) -> None:
    """Plan the job and hold its draft to the plan; nothing is rendered.

    Raises InputError `draft_not_current` with what differs, and as `plan_master` does.
    """
    from bridge.finished import differences, read_lock

    lock = read_lock(job.draft)
    asked = job.unheld if _was_solved_for(job, lock) else job
    planned = planned_lock(Work(given.of_job(asked), job.draft, subtype=lock.subtype), events)
    said = [each.message for each in differences(lock, planned)] + [*_held(job, lock)]
    if said:
        more = len(said) - _MOST_TOLD
        told = "; ".join(said[:_MOST_TOLD]) + (f"; and {more} more" if more > 0 else "")
        raise InputError(
            Problem(
                "draft_not_current",
                f"the draft is not what the job says now: {told}",
                {"file": str(job.path)},
                hint=f"render it first: stemwright render {quoted(job.folder)}",
            )
        )


def _was_solved_for(job: Job, lock: Lock) -> bool:
    """Whether what the job holds was found in this very draft, whose own length was not held."""
    from bridge.jobs import held_of

    return lock.engine.tail_s is None and job.held.tail_s == held_of(job.draft).tail_s


def _held(job: Job, lock: Lock) -> Iterator[str]:
    held = job.held
    if held.drive_db is None or lock.drive_db is None:
        return
    pairs = (
        ("drive", held.drive_db, lock.drive_db),
        ("trim", held.trim_db, lock.trim_db or 0.0),
    )
    for name, wanted_db, has_db in pairs:
        if wanted_db != has_db:
            yield f"the job holds a {name} of {wanted_db:+.3f} dB, the draft has {has_db:+.3f} dB"
