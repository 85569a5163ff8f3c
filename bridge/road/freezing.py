"""Freezing a job: what its plugins gave is kept in it, and rendered first where it is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.jobs import FrozenList, FrozenSize, Job
    from bridge.storing import Store

_REVISION = re.compile(r"r\d+")


def freezable(job: Job, revision: str | None) -> Path:
    """The folder of a job's revision, or of its draft. Raises InputError where it has none."""
    if revision is None:
        folder, said = job.draft, "this job has no draft yet"
        hint = f"render it first: stemwright render {job.folder}"
    else:
        folder, said = job.folder / "revisions" / revision, f"this job has no revision {revision}"
        found = sorted(path.name for path in (job.folder / "revisions").glob("r*") if path.is_dir())
        hint = f"it has {', '.join(found)}" if found else "it has none yet: send its draft first"
    if (revision is not None and not _REVISION.fullmatch(revision)) or not folder.is_dir():
        kind = "no_draft" if revision is None else "no_revision"
        raise InputError(Problem(kind, said, {"file": str(job.path)}, hint=hint))
    return folder


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
    Raises InputError, MachineError and RenderError as `freeze_revision` and a render do.
    """
    from bridge.jobs import freeze_revision

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
    from bridge.finished import read_lock, recall
    from bridge.gathering import link_stems
    from bridge.hosting import plugin_places
    from bridge.rendering import context_of, render
    from chains import load

    lock = read_lock(finished)
    folders, known = plugin_places(plugin_folders, trusted)
    plan = link_stems(
        recall(lock, finished, store),
        load(finished / "chain.toml"),
        store,
        plugin_folders=folders,
        trusted=known,
        moves=lock.moves(),
    )
    drive_db = lock.drive_db if lock.drive_held else None
    render(context_of(plan, store, jobs=jobs), lock.subtype, drive_db, lock.trim_db or 0.0)
