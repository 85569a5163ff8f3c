"""Going back: a revision becomes the draft and the job again, and what was there is kept."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from bridge.comparing import Change, chain_changes
from bridge.finished import LOCK, OutputFolder
from bridge.jobs.job_file import JOB_FILE, JobError
from bridge.jobs.model import Job
from bridge.jobs.reading import job_path
from bridge.jobs.revisions.agreed import Agreed, agreed_in, with_agreed
from bridge.jobs.revisions.copying import place_free_digest, seen_from
from bridge.jobs.revisions.keeping import keep, user_name
from bridge.jobs.revisions.kept_jobs import CHAIN, KeptJob, agreed_job, kept_chains, parse_kept_job
from bridge.jobs.revisions.record import DRAFTS, KEPT_JOB, revision_number
from bridge.jobs.revisions.shelf import find_revision, need_files, revisions_of
from bridge.jobs.revisions.working import working_on
from chains import load, toml_text
from stemwright.files import cannot_write, placed
from stemwright.problems import InputError, Problem

_OF_FILES = ("state", "plugin")
"""A revision names its states and plugins otherwise than the chain it was made by."""


@dataclass(frozen=True)
class Restored:
    """A revision that is the draft again.

    `kept` is the name under which what was there lies: a draft that was kept now, or the revision
    that it is; None where there was nothing. `chain_since` is what the chain's file says otherwise
    than it did for the revision: the next render will have it. `gone` is what of the job is not
    there any more, which the next render will need: then what the chain says now is not known.
    `agreed` is what is agreed with the client otherwise than when it was sent: it stays in the job.
    """

    revision: str
    draft: Path
    kept: str | None
    chain_since: tuple[Change, ...]
    gone: tuple[Problem, ...] = ()
    agreed: Agreed = field(default_factory=dict)


def restore(path: Path, name: str, *, dry_run: bool = False) -> Restored:
    """Make a revision, or a kept draft, the job's draft, and its job file the job's.

    What the job says now of `revisions_included` and `due` stays: that is no setting of the sound.
    What was there is copied to drafts/dN first, unless a revision has it. With `dry_run` nothing
    is written. Raises InputError `no_revision`, `revision_changed`, `job_in_use`; JobError for a
    kept draft whose job is none; MachineError. Everything that was sent or kept is whole at every
    moment, and so is job.toml.
    """
    place = job_path(path)
    folder = place.parent
    with working_on(folder):
        revision = find_revision(folder, name)
        need_files(revision)
        found, agreed_now = _job_of(revision.folder, place), agreed_job(place)
        agreed = {} if agreed_now is None else agreed_in(agreed_now, found.job)
        text = with_agreed((revision.folder / KEPT_JOB).read_bytes(), agreed)
        job, has_master = found.job, (revision.folder / LOCK).is_file()
        since = _since(job, revision.folder) if has_master and not found.gone else ()
        try:
            kept = _kept_already(place) or _keep_now(place, name, dry_run=dry_run)
        except OSError as cause:
            raise cannot_write(folder / DRAFTS, cause) from cause
        try:
            if not dry_run:
                if has_master:
                    _put(revision.folder, job.draft)
                placed(place, text, lasting=True)
        except OSError as cause:
            raise cannot_write(folder, cause) from cause
    return Restored(name, job.draft, kept, since, found.gone, agreed)


def _job_of(folder: Path, place: Path) -> KeptJob:
    """The job that a revision keeps, as it will be read at `place`. Raises JobError."""
    text = toml_text(folder / KEPT_JOB, JOB_FILE)
    chains = [folder / CHAIN] if (folder / CHAIN).is_file() else [*kept_chains(place.parent)]
    return parse_kept_job(text, place, *chains)


def _since(job: Job, revision: Path) -> tuple[Change, ...]:
    """What the chain says now with the job's overrides, otherwise than when it was sent."""
    sent = load(revision / "chain.toml")
    found = chain_changes(sent, job.chain)
    return tuple(
        each
        for each in found
        if each.path[-1] not in _OF_FILES and each.path != ("engine", "tail_s")
    )


def _kept_already(place: Path) -> str | None:
    """The revision that the draft and the job are, if any is."""
    draft = place.parent / "draft"
    if not (draft / LOCK).is_file() or not place.is_file():
        return None
    try:
        digest, text = place_free_digest(draft), place.read_bytes()
    except InputError:
        return None
    for each in revisions_of(place.parent):
        same_master = each.is_whole and place_free_digest(each.folder) == digest
        if same_master and _as_restored(each.folder, place) == text:
            return each.name
    return None


def _as_restored(folder: Path, place: Path) -> bytes:
    """The job file of a revision with what is agreed with the client now."""
    text, now = (folder / KEPT_JOB).read_bytes(), agreed_job(place)
    if now is None or text == place.read_bytes():
        return text
    try:
        return with_agreed(text, agreed_in(now, _job_of(folder, place).job))
    except JobError:
        return text


def _keep_now(place: Path, name: str, *, dry_run: bool) -> str | None:
    """Copy what is there to drafts/dN, and return its name; None where nothing is."""
    draft, drafts = place.parent / "draft", place.parent / DRAFTS
    source = draft if (draft / LOCK).is_file() else None
    if source is None and not place.is_file():
        return None
    taken = [revision_number(each.name) for each in drafts.glob("d*")]
    free = f"d{max((each for each in taken if each is not None), default=-1) + 1}"
    if dry_run:
        return free
    text = place.read_bytes() if place.is_file() else b""
    words, now = f"what was there when {name} was restored", datetime.now().astimezone()
    return keep(source, drafts, free, text, words, user_name(), now).revision


def _put(revision: Path, draft: Path) -> None:
    """Make the draft what the revision is, as a whole."""
    files = seen_from(revision, draft)
    with OutputFolder(draft, replace=True) as out:
        out.claim()
        for name in files.copied:
            out.add(name, partial(shutil.copyfile, revision / name))
        out.add_text(LOCK, files.lock_text)
        out.commit(files.record)
