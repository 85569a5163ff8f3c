"""`stemwright unmask`: where groups hide each other, and narrow cuts that free them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.advising.given_job import job_inputs
from bridge.cli.options import JobPath, Jobs, Json, Page, PluginPath, StorePath, Trust
from bridge.cli.printing import print_json, say, say_size, show_table
from bridge.cli.progress import ProgressBar
from bridge.road import ToUnmask, apply_unmasking, check_song_chain, freed

if TYPE_CHECKING:
    from bridge.advising import FreeingCut, GroupEffect, Unmasking

_HEAD = ("cut", "Hz", "q", "depth", "frees", "hidden there", "gain", "hidden for", "when")
_GROUP_HEAD = ("group", "hidden", "level", "heard")


def unmask(
    job: JobPath,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ID", help="Only this cut, as the list names it."),
    ] = None,
    lead: Annotated[
        list[str] | None,
        typer.Option("--lead", metavar="GROUP", help="This group leads, and is cut nowhere."),
    ] = None,
    apply: Annotated[
        bool,
        typer.Option("--apply", help="Write the cuts into the song's chain; show what changed."),
    ] = False,
    page: Page = None,
    store: StorePath = None,
    plugin_path: PluginPath = None,
    trust: Trust = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Find where JOB's groups hide each other, and propose narrow cuts that free them.

    Groups are heard together by a model of partial loudness. At most three cuts a group go where
    most is freed for least, none into the lead; a cut moves with the group that it frees where that
    pauses. What all of them do is measured. Nothing is written without --apply.

    Example: stemwright unmask song/
    """
    inputs = job_inputs(job, page, store, plugin_path, trust, jobs)
    given = ToUnmask(inputs, tuple(lead or ()), tuple(only or ()))
    if apply:
        check_song_chain(given.job)
    with ProgressBar() as bar:
        made = freed(given, bar, page)
    say_size(page, err=True)
    if not json:
        _show(made)
    changed = apply_unmasking(given, made) if apply else ()
    if json:
        print_json({**made.as_json(), "applied": apply, "changed": list(changed)})
        return
    if apply:
        say(*changed)
    _say_what_next(made, applied=apply)


def _show(made: Unmasking) -> None:
    if made.cuts:
        show_table(_HEAD, list(map(_row, made.cuts)), piped_width=140)
    show_table(_GROUP_HEAD, list(map(_group_row, made.groups)), piped_width=140)
    say(*made.remarks, err=True)


def _row(each: FreeingCut) -> Sequence[str]:
    cut = each.cut
    moving = "" if cut.threshold_db is None else f", over {cut.threshold_db:g} dB of it"
    return (
        cut.id,
        f"{cut.hz:g}",
        f"{cut.q:g}",
        f"-{cut.depth_db:g} dB{moving}",
        cut.frees,
        f"{each.hidden_phon:.1f} phon",
        f"{each.gain_phon:+.2f} phon",
        f"{100.0 * each.hidden_share:.0f} %",
        ", ".join(f"{start:.1f}-{end:.1f} s" for start, end in each.times_s[:3]),
    )


def _group_row(each: GroupEffect) -> Sequence[str]:
    return (
        f"{each.id} (lead)" if each.is_lead else each.id,
        "" if each.hidden_phon is None else f"{each.hidden_phon:.1f} phon",
        "" if each.level_lu is None else f"{each.level_lu:+.2f} LU",
        "" if each.audible_phon is None else f"{each.audible_phon:+.2f} phon",
    )


def _say_what_next(made: Unmasking, *, applied: bool) -> None:
    if not made.cuts:
        say("nothing to cut: no group hides another where it could spare it", err=True)
    elif not applied:
        say("to write these cuts into the song's chain: the same with --apply", err=True)
