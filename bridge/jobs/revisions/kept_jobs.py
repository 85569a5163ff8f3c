"""A job whose chain, stems or own file is gone, as far as what is kept of it still says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bridge.jobs.job_file import JOB_FILE, JobError
from bridge.jobs.model import Job
from bridge.jobs.reading import job_path, parse_job
from bridge.jobs.revisions.record import KEPT_JOB, read_revision_record
from bridge.jobs.revisions.shelf import revision_folders
from bridge.storing import file_digest
from chains import toml_text
from stemwright.problems import InputError, Problem
from stemwright.words import quoted

CHAIN = "chain.toml"


@dataclass(frozen=True)
class KeptJob:
    """A job, and what of it is not there or cannot be read any more, none where all of it is.

    Where anything is `gone`, its chain may be one that a draft or a revision keeps, with what the
    job has otherwise, and its paths need not be there.
    """

    job: Job
    gone: tuple[Problem, ...]


def load_kept_job(path: Path) -> KeptJob:
    """Read a job; what is gone of it is taken from its draft or its revisions, the newest first.

    Raises JobError as `load_job` where none of them has what is missing.
    """
    place = job_path(path)
    try:
        text = toml_text(place, JOB_FILE)
    except JobError as error:
        if place.exists():
            raise
        return _as_sent(place, error)
    return parse_kept_job(text, place, *kept_chains(place.parent))


def parse_kept_job(text: str, path: Path, *chains: Path) -> KeptJob:
    """Read a job from text; for one that cannot be read as it is, one of `chains` stands in.

    Raises JobError as `parse_job` where none of them does.
    """
    try:
        return KeptJob(parse_job(text, path), ())
    except JobError as error:
        for chain in chains:
            try:
                return KeptJob(parse_job(text, path, kept_chain=chain), error.problems)
            except JobError:
                continue
        raise


def job_as_sent(folder: Path, place: Path) -> Job:
    """The job that was sent with the revision in `folder`; `place` is where the job's file lies.

    Its chain is the one it was rendered with, and its stems and mixes need not be there. Raises
    JobError where the revision's file is none that this stemwright reads.
    """
    text = toml_text(folder / KEPT_JOB, JOB_FILE)
    return parse_job(text, place, kept_chain=folder / CHAIN)


def agreed_job(place: Path) -> Job | None:
    """The job that says what is agreed with the client: as it is now, or as it was sent last."""
    try:
        return load_kept_job(place).job
    except JobError as error:
        try:
            return _as_sent(place, error).job
        except JobError:
            return None


def _as_sent(place: Path, error: JobError) -> KeptJob:
    """The job as it was sent last. Raises `error` where no revision has it."""
    for folder in reversed(revision_folders(place.parent)):
        if not _is_as_sent(folder, KEPT_JOB) or not _is_as_sent(folder, CHAIN):
            continue
        text = (folder / KEPT_JOB).read_text("utf-8")
        found = parse_kept_job(text, place, folder / CHAIN)
        said = f"{place.name} is gone; what is told is of {folder.name} as it was sent"
        hint = f"stemwright restore {quoted(place.parent)} {folder.name} brings it back"
        problem = Problem("job_gone", said, {"file": str(place)}, hint=hint)
        return KeptJob(found.job, (problem, *found.gone))
    raise error


def kept_chains(job_folder: Path) -> Iterator[Path]:
    """The chains that a job keeps, the newest first; none of a revision that was edited since."""
    yield job_folder / "draft" / CHAIN
    for folder in reversed(revision_folders(job_folder)):
        if _is_as_sent(folder, CHAIN):
            yield folder / CHAIN


def _is_as_sent(folder: Path, name: str) -> bool:
    try:
        wanted = read_revision_record(folder).files.get(name)
        return wanted is not None and file_digest(folder / name) == wanted
    except (InputError, OSError):
        return False
