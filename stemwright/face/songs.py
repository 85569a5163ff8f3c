"""A song's job from Python: what the commands of the same names do, by the same functions.

A job is given as its folder, its job.toml, or the value that `load_job` read; what is on disk
counts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from bridge.gathering import Cancel
from bridge.jobs import FrozenSize, Job, Replacement, Revised, load_job
from bridge.jobs.revisions import (
    Approval,
    History,
    Restored,
    RevisionChanges,
    Sent,
    approve as note_approval,
    history_of,
    restore as bring_back,
    send as send_draft,
)
from bridge.pages.sheet import Sheet
from bridge.road import (
    Inputs,
    StateTexts,
    check_draft,
    compared_revisions,
    freeze as freeze_job,
    freeze_sizes,
    sheet_of_draft,
    sheet_of_folder,
    sheet_of_revision,
)
from stemwright.face.arguments import Arguments, checking, told
from stemwright.face.progress import Progress, listening
from stemwright.face.results import Master
from stemwright.face.temporary import PathLike
from stemwright.problems import InputError, Problem

Song: TypeAlias = "PathLike | Job"
"""A job's folder, its job.toml, or the Job that was read."""


def send(
    job: Song,
    words: str,
    *,
    who: str | None = None,
    freeze: bool = False,
    store: PathLike | None = None,
    plugin_path: Sequence[PathLike] = (),
    trust: Sequence[PathLike] = (),
    skip: Sequence[str] = (),
    long: bool = False,
    jobs: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Sent:
    """Keep a job's draft as its next revision, with these words. As `stemwright send`.

    `freeze` keeps what its plugins gave as well. Raises InputError `draft_not_current` where the
    draft is not what the job says now; nothing is sent then.
    """
    with told(), listening(progress, cancel) as (events, _):
        with checking() as given:
            path = _job(given, job)
            said, by = given.name("words", words), given.text("who", who)
            keep_audio = given.flag("freeze", freeze)
            inputs = Inputs(
                (),
                path,
                store=given.place("store", store),
                plugin_folders=given.paths("plugin_path", plugin_path),
                trusted=given.paths("trust", trust),
                skip=given.words("skip", skip),
                long=given.flag("long", long),
                jobs=given.jobs(jobs),
            )

        def check(song: Job) -> None:
            check_draft(inputs, song, events)

        sent = send_draft(path, said, check, who=by, freeze=keep_audio)
        if keep_audio:
            freeze_job(
                load_job(path),
                sent.record.revision,
                inputs.store,
                plugin_folders=inputs.plugin_folders,
                trusted=inputs.trusted,
                jobs=inputs.jobs,
            )
        return sent


def history(job: Song) -> History:
    """A job's revisions, each file held to its digest. As `stemwright history`.

    What is not as it was sent is among its `problems`, and no error.
    """
    with told():
        with checking() as given:
            path = _job(given, job)
        return history_of(path)


def changes(
    job: Song,
    a: str,
    b: str,
    *,
    store: PathLike | None = None,
    plugin_path: Sequence[PathLike] = (),
) -> RevisionChanges:
    """What changed from revision A to revision B, both as they were sent. As `stemwright changes`.

    Raises InputError `no_revision`, and `revision_changed` for one that was edited since.
    """
    with told():
        with checking() as given:
            path, one, other = _job(given, job), given.name("a", a), given.name("b", b)
            root, folders = given.place("store", store), given.paths("plugin_path", plugin_path)
        return compared_revisions(path, one, other, StateTexts(root, folders))


def approve(
    job: Song, revision: str, *, versions: Sequence[str] = (), who: str | None = None
) -> Approval:
    """Note that a revision, or those masters of it, are approved. As `stemwright approve`."""
    with told():
        with checking() as given:
            path, name = _job(given, job), given.name("revision", revision)
            masters, by = given.words("versions", versions), given.text("who", who)
        return note_approval(path, name, masters, who=by)


def restore(job: Song, revision: str, *, dry_run: bool = False) -> Restored:
    """Make a revision the draft again, and its job file the job's. As `stemwright restore`.

    What was there is kept; a `dry_run` changes nothing.
    """
    with told():
        with checking() as given:
            path, name = _job(given, job), given.name("revision", revision)
            only_told = given.flag("dry_run", dry_run)
        return bring_back(path, name, dry_run=only_told)


def replace(
    job: Song,
    files: PathLike | Sequence[PathLike] = (),
    *,
    stems: Mapping[str, PathLike] | None = None,
    align: bool = False,
    dry_run: bool = False,
) -> Replacement:
    """Put new files in place of a song's stems, and say how they differ. As `stemwright replace`.

    `stems` says which stem a file is for, by the stem's name. `align` takes the whole samples of
    each offset out. It asks nobody: a `dry_run` compares alone. The song's stems then are those of
    `load_job(job).stems`.
    """
    from bridge.jobs import place, planned_replacement

    with told():
        with checking() as given:
            path, news = _job(given, job), given.paths("files", files)
            said = [f"{name}={file}" for name, file in _named(given, stems)]
            aligned, only_told = given.flag("align", align), given.flag("dry_run", dry_run)
            if not news and not said:
                given.wrong("files", files, "the new files")
        found = planned_replacement(load_job(path), news, said, align=aligned)
        if not only_told:
            place(found)
        return found


def freeze(
    job: Song,
    revision: str | None = None,
    *,
    dry_run: bool = False,
    store: PathLike | None = None,
    plugin_path: Sequence[PathLike] = (),
    trust: Sequence[PathLike] = (),
    jobs: int | None = None,
) -> tuple[FrozenSize, ...]:
    """Keep in the job what every plugin of a revision, else of the draft, gave; a size a step.

    As `stemwright freeze`. A `dry_run` tells what it would take.
    """
    with told():
        with checking() as given:
            path = _job(given, job)
            name = None if revision is None else given.name("revision", revision)
            only_told, root = given.flag("dry_run", dry_run), given.place("store", store)
            folders, trusted = given.paths("plugin_path", plugin_path), given.paths("trust", trust)
            at_once = given.jobs(jobs)
        found = load_job(path)
        if not only_told:
            freeze_job(found, name, root, plugin_folders=folders, trusted=trusted, jobs=at_once)
        return freeze_sizes(found, name, root)


def revise(
    job: Song,
    notes: PathLike | Sequence[PathLike],
    *,
    apply_rides: bool = False,
    dry_run: bool = False,
) -> Revised:
    """Merge the notes that clients' pages saved into a job. As `stemwright revise`.

    The rides that their words name are proposed, and written with `apply_rides` alone.
    """
    from bridge.jobs import owners_of, read_note_files, revise as write_notes, revised_by

    with told():
        with checking() as given:
            path, saved = _job(given, job), given.paths("notes", notes)
            if not saved:
                given.wrong("notes", notes, "the files that pages saved")
            ride, only_told = given.flag("apply_rides", apply_rides), given.flag("dry_run", dry_run)
        files, found = read_note_files(saved), load_job(path)
        known = owners_of(found)
        if only_told:
            return revised_by(found, files, known)
        return write_notes(path, files, known, apply_rides=ride)


def sheet(
    job: Song | Master,
    revision: str | None = None,
    *,
    store: PathLike | None = None,
    plugin_path: Sequence[PathLike] = (),
) -> Sheet:
    """The recall sheet of a job's draft, of a revision, or of a finished folder, as values.

    As `stemwright sheet`; `bridge.pages.sheet` makes text and a page of it.
    """
    from bridge.jobs import is_job

    with told():
        with checking() as given:
            path = job.folder if isinstance(job, Master) else _job(given, job)
            if path is None:
                given.wrong("job", job, "a job, or a master that lies in a folder")
                path = Path()
            name = None if revision is None else given.name("revision", revision)
            root, folders = given.place("store", store), given.paths("plugin_path", plugin_path)
        if name is not None:
            return sheet_of_revision(path, name, root, folders)
        if not is_job(path):
            return sheet_of_folder(path, root, folders)
        return sheet_of_draft(path, _draft(path), root, folders)


def page(job: Song, out: PathLike, *, store: PathLike | None = None) -> Path:
    """Write the page that a job's client listens to and notes on; return it. As `stemwright page`.

    A revision that is gone or not as it was sent is left out. Raises InputError `no_draft` where
    there is no master yet; where none is as it was sent, what is wrong with each.
    """
    from bridge.jobs import client_song
    from bridge.pages.client import write_client_page
    from bridge.storing import Store, default_root

    with told():
        with checking() as given:
            path, target = _job(given, job), given.path("out", out)
            root = given.place("store", store)
        write_client_page(target, client_song(path), Store(root or default_root()))
        return target


def _job(given: Arguments, job: object) -> Path:
    """Where a job lies, which has to be one."""
    return job.path if isinstance(job, Job) else given.path("job", job, _A_JOB)


_A_JOB = "a job: its folder or its job.toml, as str or Path, or the value that load_job() read"


def _named(given: Arguments, stems: object) -> list[tuple[str, Path]]:
    """Files by the names of the stems that they are for."""
    if stems is None:
        return []
    if not isinstance(stems, Mapping):
        given.wrong("stems", stems, "a dict: names of stems to paths, or None")
        return []
    return [
        (given.name("stems", name), given.path(f"stems[{name!r}]", file))
        for name, file in stems.items()
    ]


def _draft(job: Path) -> Path:
    draft = (job if job.is_dir() else job.parent) / "draft"
    if draft.is_dir():
        return draft
    said, where = "this job has no draft yet", {"file": os.fspath(job)}
    raise InputError(Problem("no_draft", said, where, hint="render it first: render(job)"))
