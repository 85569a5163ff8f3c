"""`stemwright freeze`: what plugins gave is kept in the job, and stands in where they are gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import JobPath, Jobs, Json, PluginPath, StorePath, Trust
from bridge.cli.printing import print_json, say

if TYPE_CHECKING:
    from bridge.jobs import FrozenSize


def freeze(
    job: JobPath,
    revision: Annotated[
        str | None, typer.Argument(metavar="[REVISION]", help="r0, r1, ... Default: the draft.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what it would take, and write nothing.")
    ] = False,
    store: StorePath = None,
    plugin_path: PluginPath = None,
    trust: Trust = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Keep in JOB/frozen what every plugin of a revision gave, without loss.

    The job then renders to the same bits where its plugins are not, and its store is empty: frozen
    audio stands in for them, as long as nothing before them is changed. What the store has lost is
    rendered again, which needs its plugins.

    Example: stemwright freeze song/ r0
    """
    from bridge.jobs.revisions import load_kept_job
    from bridge.road import cores, freeze as freeze_job, freeze_sizes

    found = load_kept_job(job).job
    if dry_run:
        _tell(freeze_sizes(found, revision, store), json, would=True)
        return
    freeze_job(
        found,
        revision,
        store,
        plugin_folders=plugin_path or (),
        trusted=trust or (),
        jobs=jobs or cores(),
    )
    _tell(freeze_sizes(found, revision, store), json, would=False)


def _tell(sizes: Sequence[FrozenSize], as_json: bool, *, would: bool) -> None:
    total = sum(each.bytes or 0 for each in sizes)
    if as_json:
        told = {"steps": [each.as_json() for each in sizes], "bytes": total, "dry_run": would}
        print_json(told)
        return
    say(*(f"{each.step}  {_size(each)}" for each in sizes))
    verb = "would be frozen, about" if would else "are frozen,"
    say(f"{len(sizes)} steps {verb} {_mb(total)} in all", err=True)


def _size(row: FrozenSize) -> str:
    if row.bytes is None or row.pcm_bytes is None:
        return "not in the store any more: it is rendered again"
    state = "frozen" if row.is_frozen else "about"
    return f"{state} {_mb(row.bytes)} of {_mb(row.pcm_bytes)}"


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
