"""`stemwright history`: the revisions of a song."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import JobPath, Json
from bridge.cli.printing import print_json, say, show_table
from bridge.cli.telling import warn
from stemwright.problems import EXIT_NO, InputError, Problem

if TYPE_CHECKING:
    from bridge.jobs.revisions import History, HistoryRow

_HEAD = ("", "when", "who", "counts as", "stems", "approved", "frozen", "LUFS", "dBTP", "words")


def history(
    job: JobPath,
    csv: Annotated[
        bool, typer.Option("--csv", help="Print a table for billing: comma-separated values.")
    ] = False,
    json: Json = False,
) -> None:
    """List JOB's revisions: when, who, words, included or extra, replaced stems, approved, levels.

    Every file is held to its digest. Exit code 1: one was edited since it was sent, or is gone, or
    what was sent to be frozen is not.

    Example: stemwright history song/
    """
    from bridge.jobs.revisions import history_of

    if csv and json:
        raise InputError(Problem("usage", "--csv and --json are two formats", hint="take one"))
    found = history_of(job)
    if json:
        print_json(found.as_json())
    elif csv:
        say(*found.as_csv().splitlines())
    elif found.rows:
        show_table(_HEAD, map(_cells, found.rows), piped_width=160)
        say(f"included: {_number(found.included)}; extra: {found.extra}", err=True)
    else:
        say("no revision was sent yet", err=True)
    _tell_otherwise(found)
    warn(found.problems)
    if found.problems:
        raise typer.Exit(EXIT_NO)


def _tell_otherwise(found: History) -> None:
    """Say which revisions were sent when the job had another number than it has now."""
    for row in found.agreed_otherwise:
        was = _number(row.agreement.revisions_included)
        said = (
            f"{row.revision.name} was sent with revisions_included {was}, and stays {row.counts_as}"
        )
        say(f"{said}: the job's is {_number(found.included)} now", err=True)


def _number(included: int | None) -> str:
    return "not said" if included is None else str(included)


def _cells(row: HistoryRow) -> list[str]:
    told = row.as_json()
    replaced = row.replaced_stems
    state = "" if row.revision.is_whole else " NOT AS SENT"
    return [
        f"{row.revision.name}{state}",
        str(told["when"] or "-").replace("T", " "),
        str(told["who"] or "-"),
        row.counts_as,
        "-" if replaced is None else f"{len(replaced)} replaced" if replaced else "",
        "-" if row.approved is None else ", ".join(row.approved),
        "" if row.frozen is None else f"{row.frozen.bytes / 1e6:.1f} MB",
        "-" if row.integrated_lufs is None else f"{row.integrated_lufs:.2f}",
        "-" if row.true_peak_dbtp is None else f"{row.true_peak_dbtp:.2f}",
        str(told["words"] or "-"),
    ]
