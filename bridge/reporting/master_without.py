"""The master as it would be without one insert: rendered again, as far as it has to be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bridge.finished import read_lock
from bridge.hosting import search_folders, trusted_folders
from bridge.rendering import (
    Output,
    context_of,
    found_again,
    link_stems,
    recall,
    render,
)
from bridge.reporting.taps import Folder
from chains import Chain, Insert
from stemwright.problems import InputError, Problem


@dataclass(frozen=True)
class Again:
    """How to render again: where the stems lie, if they moved, plugins, and lanes at a time."""

    stems: Path | None = None
    plugin_folders: tuple[Path, ...] = ()
    jobs: int = 1


def master_without(folder: Folder, step_id: str, how: Again) -> Output:
    """Render the master that `step_id` is part of with that insert bypassed, at the same drive.

    The store gives what comes before the insert, and keeps what is made. Raises InputError for a
    range, the finish or sources that are gone; MachineError and RenderError as `render` does.
    """
    wanted, _, version = step_id.partition("@")
    if wanted.startswith("finish/") or folder.record.range:
        what = "the finish ends it" if wanted.startswith("finish/") else "this is a range"
        raise InputError(Problem("no_master_without", what, {"file": str(folder.path)}))
    lock = read_lock(folder.path)
    if how.stems is not None:
        lock = found_again(lock, how.stems, folder.store)
    chain = _versioned(_bypassed(folder.chain, wanted), version)
    plan = link_stems(
        recall(lock, folder.path, folder.store),
        chain,
        folder.store,
        plugin_folders=search_folders(how.plugin_folders),
        trusted=trusted_folders(()),
    )
    context = context_of(plan, folder.store, jobs=how.jobs)
    drive_db = None if chain.target is None else folder.record.drive_db or 0.0
    outputs = render(context, lock.subtype, drive_db).outputs
    return next(each for each in outputs if each.version == (version or "main"))


def _versioned(chain: Chain, version: str) -> Chain:
    return replace(chain, versions=tuple(each for each in chain.versions if each.id == version))


def _bypassed(chain: Chain, step_id: str) -> Chain:
    owner, _, name = step_id.rpartition("/")

    def without(here: str, insert: Insert) -> Insert:
        return replace(insert, bypass=True) if (here, insert.id) == (owner, name) else insert

    return chain.with_inserts(without)
