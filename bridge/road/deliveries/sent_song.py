"""The finished folder that is delivered, and the job that says what the song is: as it was sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.words import listed, quoted

if TYPE_CHECKING:
    from bridge.jobs import Job
    from bridge.jobs.revisions import Approval, Revision
    from bridge.road.deliveries.asked import ToDeliver

_SHOWN_KEYS = 12


@dataclass(frozen=True)
class SentSong:
    """A finished folder, and of a job what it says of the song.

    `said_in` is the file that says it; `approved` are the versions that may go out, None: all.
    """

    folder: Path
    job: Job | None = None
    said_in: Path | None = None
    number: int | None = None
    approved: tuple[str, ...] | None = None
    told: tuple[Diagnostic, ...] = ()


def sent_song(given: ToDeliver) -> SentSong:
    """Find what is delivered.

    Raises InputError: `not_approved` where no revision is, `no_draft`, and as `find_revision` and
    `need_files` do; JobError.
    """
    if not given.is_job:
        return SentSong(given.song, number=_number_said(given))
    from bridge.jobs import job_path

    place = job_path(given.song)
    return _draft(place) if given.draft else _revision(given, place)


def _number_said(given: ToDeliver) -> int | None:
    """Which revision a finished folder is called, which does not know it itself."""
    from bridge.jobs.revisions import revision_number

    wrong = [
        word
        for word, is_said in (("--draft", given.draft), ("--current-job", given.current_job))
        if is_said
    ]
    name = _named(given.revision or "")
    number = revision_number(name) if name.startswith("r") else None
    if given.revision is not None and number is None:
        wrong.append(f"--revision {given.revision}")
    if wrong:
        said = f"{listed(wrong)} is of a job, and {given.song} is none"
        hint = "name the job; of a folder, --revision 2 or r2 is the number that its names get"
        raise InputError(Problem("usage", said, {"file": str(given.song)}, hint=hint))
    return number


def _named(revision: str) -> str:
    """A revision's name: r1, which may be said as 1."""
    return f"r{revision}" if revision.isascii() and revision.isdecimal() else revision


def _draft(place: Path) -> SentSong:
    from bridge.jobs import load_job

    job = load_job(place)
    if not job.draft.is_dir():
        hint = f"render it first: stemwright render {quoted(job.folder)}"
        said, where = "this job has no draft yet", {"file": str(job.path)}
        raise InputError(Problem("no_draft", said, where, hint=hint))
    return SentSong(job.draft, job, place)


def _revision(given: ToDeliver, place: Path) -> SentSong:
    from bridge.jobs import load_job
    from bridge.jobs.revisions import (
        KEPT_JOB,
        find_revision,
        job_as_sent,
        need_files,
        revision_number,
    )

    approved: tuple[str, ...] | None = None
    told: tuple[Diagnostic, ...] = ()
    if given.revision is None:
        revision, approved, told = _newest_approved(place.parent)
    else:
        revision = find_revision(place.parent, _named(given.revision))
    need_files(revision)
    number = revision_number(revision.name)
    if given.current_job:
        return SentSong(revision.folder, load_job(place), place, number, approved, told)
    job = job_as_sent(revision.folder, place)
    told = (*told, *_said_otherwise_now(revision, job, place))
    return SentSong(revision.folder, job, revision.folder / KEPT_JOB, number, approved, told)


def _newest_approved(
    job_folder: Path,
) -> tuple[Revision, tuple[str, ...], tuple[Diagnostic, ...]]:
    """The newest revision that is approved as it was sent, and which versions of it are."""
    from bridge.jobs.revisions import (
        approvals_of,
        approved_versions,
        find_revision,
        revision_names,
    )

    approvals, sent = approvals_of(job_folder), revision_names(job_folder)
    for at in range(len(sent) - 1, -1, -1):
        if not any(each.revision == sent[at] for each in approvals):
            continue
        revision = find_revision(job_folder, sent[at])
        versions = approved_versions(revision, approvals)
        if versions or revision.record is None:
            return revision, versions, tuple(_sent_since(sent[at], sent[at + 1 :]))
    raise InputError(_not_approved(job_folder, sent, approvals))


def _not_approved(job_folder: Path, sent: Sequence[str], approvals: Sequence[Approval]) -> Problem:
    said = "no revision of this job is approved"
    if approvals:
        said += " as it was sent: what was approved was another one of its name"
    hint = (
        f"stemwright approve {quoted(job_folder)} {sent[-1]}, or name one: --revision {sent[-1]}"
        if sent
        else f"send it first: stemwright send {quoted(job_folder)}; or say --draft"
    )
    return Problem("not_approved", said, {"file": str(job_folder)}, hint=hint)


def _sent_since(name: str, later: Sequence[str]) -> Iterator[Diagnostic]:
    if later:
        said = f"{name} is delivered; {listed(later)} came after it, and nobody approved that"
        yield Diagnostic("note", "newer_not_approved", name, said)


def _said_otherwise_now(revision: Revision, sent: Job, place: Path) -> Iterator[Diagnostic]:
    """That the job says something else by now than was sent: what of it a delivery would hold."""
    from bridge.jobs import JobError, load_job

    try:
        now = load_job(place)
    except JobError:
        return  # what was sent is whole, and says all that is needed
    keys = list(changed_keys(sent, now))
    if not keys:
        return
    more = f" and {len(keys) - _SHOWN_KEYS} more" if len(keys) > _SHOWN_KEYS else ""
    said = (
        f"{place.name} says otherwise by now: {', '.join(keys[:_SHOWN_KEYS])}{more}; "
        f"{revision.name} is delivered as it was sent, or with what the job says now by "
        "--current-job"
    )
    yield Diagnostic("warning", "job_says_otherwise", revision.name, said)


def changed_keys(sent: Job, now: Job) -> Iterator[str]:
    """The keys of a job file that a delivery takes from it, where two of them differ."""
    before, after = (dict(_delivered(each)) for each in (sent, now))
    for key in {**before, **after}:
        if before.get(key) != after.get(key):
            yield key


def _delivered(job: Job) -> Iterator[tuple[str, Any]]:
    yield from (("title", job.title), ("artist", job.artist), ("tempo_bpm", job.tempo_bpm))
    for key, value in job.metadata.items():
        if key == "versions":
            for version, table in value.items():
                yield from ((f"metadata.versions.{version}.{name}", table[name]) for name in table)
        else:
            yield f"metadata.{key}", value
    for edit in job.edits:
        yield f"edit {edit.id}", edit
