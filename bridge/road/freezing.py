"""Freezing a job: what its plugins gave is kept in it, and rendered first where it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.problems import InputError, Problem
from stemwright.words import quoted

if TYPE_CHECKING:
    from bridge.jobs import FrozenList, FrozenSize, Job
    from bridge.storing import Store


def freezable(job: Job, revision: str | None) -> Path:
    """The folder of a job's revision, every file as it was sent, or of its draft.

    Raises InputError where it has none, or the revision was edited since.
    """
    if revision is not None:
        from bridge.jobs.revisions import find_revision, need_files

        found = find_revision(job.folder, revision)
        need_files(found)
        return found.folder
    if not job.draft.is_dir():
        hint = f"render it first: stemwright render {quoted(job.folder)}"
        said, where = "this job has no draft yet", {"file": str(job.path)}
        raise InputError(Problem("no_draft", said, where, hint=hint))
    return job.draft


def freeze_sizes(
    job: Job, revision: str | None, store_root: Path | None = None
) -> tuple[FrozenSize, ...]:
    """What freezing would keep, a step; nothing is written. Raises InputError."""
    from bridge.jobs import frozen_sizes

    return frozen_sizes(freezable(job, revision), job.folder, _store(store_root))


def freeze(
    job: Job,
    revision: str | None,
    store_root: Path | None = None,
    *,
    plugin_folders: Sequence[Path] = (),
    trusted: Sequence[Path] = (),
    jobs: int = 1,
) -> FrozenList:
    """Keep what every plugin of a revision, or of the draft, gave in JOB/frozen.

    What the store has lost is rendered again from the revision's own chain, lock and sources.
    Raises InputError, MachineError and RenderError as `freeze_revision` and a render do; InputError
    `job_in_use`.
    """
    from bridge.jobs import freeze_revision
    from bridge.jobs.revisions import working_on

    with working_on(job.folder):
        finished, store = freezable(job, revision), _store(store_root)
        again = partial(_render_again, finished, store, plugin_folders, trusted, jobs)
        return freeze_revision(finished, job.folder, store, again=again)


def _store(root: Path | None) -> Store:
    from bridge.storing import Store, default_root

    return Store(root or default_root())


def _render_again(
    finished: Path,
    store: Store,
    plugin_folders: Sequence[Path],
    trusted: Sequence[Path],
    jobs: int,
) -> None:
    """Render a finished folder's chain, lock and sources into a store; write no folder."""
    from bridge.rendering import render
    from bridge.road.again import FinishedAgain

    again = FinishedAgain(finished, store, plugin_folders, trusted, jobs)
    lock = again.lock()
    drive_db = lock.drive_db if lock.drive_held else None
    render(again.context(), lock.subtype, drive_db, lock.trim_db or 0.0)
