"""The repairs of `stemwright check`: its options, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.printing import say, show_table
from bridge.road import ToCheck, check_repairs_folder, repaired_stems
from stemwright.problems import InputError, Problem
from stemwright.words import counted

if TYPE_CHECKING:
    from bridge.checking import CheckReport, Progress
    from bridge.checking.repairing import Mended, RepairedStem, Repairs

RepairInto = Annotated[
    Path | None,
    typer.Option(
        "--repair",
        metavar="DIR",
        help="Mend what can be mended, and write every stem into DIR, with a record.",
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="CODE|ID",
        help="Of the repairs: these alone; repeatable. Default: what is minor or major and not "
        "accepted.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be mended, and write nothing.")
]

_HEAD = ("stem", "where", "finding", "what is done", "change", "gain", "id")
_REFUSED = ("stem", "finding", "not mended", "id")
_BETTER = "a new export is the better cure"


@dataclass(frozen=True)
class Asked:
    """The repairs that are asked for; `folder` is None where they are only looked at."""

    folder: Path | None
    only: Sequence[str]


def asked_repairs(
    given: ToCheck, folder: Path | None, only: Sequence[str], *, dry_run: bool
) -> Asked | None:
    """What is asked for, None for no repairs.

    Raises InputError for what does not go together, and for a folder that they may not go to.
    """
    if folder is None and not dry_run:
        if only:
            said = "--only is of the repairs, and none are asked for"
            raise InputError(Problem("usage", said, hint="name a folder for them: --repair DIR"))
        return None
    if dry_run or folder is None:
        return Asked(None, only)
    check_repairs_folder(given, folder)
    return Asked(folder, only)


def made_repairs(
    asked: Asked | None, given: ToCheck, report: CheckReport, progress: Progress
) -> Repairs | None:
    """Mend what was found, as far as it is asked for."""
    if asked is None:
        return None
    return repaired_stems(given, report, asked.folder, asked.only, progress=progress)


def repairs_json(repairs: Repairs | None) -> dict[str, Any]:
    """What they add to the JSON of a check."""
    return {} if repairs is None else {"repairs": repairs.as_json()}


def show_repairs(repairs: Repairs | None) -> None:
    """Print what was done, or would be, and what was not."""
    if repairs is None:
        return
    rows = [_row(mended, stem) for stem in repairs.stems for mended in stem.mended]
    if rows:
        show_table(_HEAD, rows, piped_width=120)
    if repairs.refused:
        refused = [(each.stem, each.code, each.why, each.finding) for each in repairs.refused]
        show_table(_REFUSED, refused, piped_width=120)
    done = counted(len(rows), "repair")
    if repairs.folder is None:
        say(f"{done} would be made, nothing is written; {_BETTER}")
        return
    say(f"{done} made; all stems are in {repairs.folder}; {_BETTER}")


def still_open(found: Sequence[Any], repairs: Repairs | None) -> bool:
    """Whether any of the findings that fail a check was not mended by what was written."""
    if repairs is None or repairs.folder is None:
        return bool(found)
    done = repairs.findings()
    return any(each.id not in done for each in found)


def _row(mended: Mended, stem: RepairedStem) -> tuple[str, ...]:
    from bridge.checking.repairing import place

    step = mended.step
    change = f"{mended.peak_dbfs:.1f} dBFS" if mended.peak_dbfs > -300.0 else ""
    gain = "" if mended.gain_db is None else f"{mended.gain_db:.0f} dB"
    return step.stem, place(mended, stem), step.code, mended.words, change, gain, step.finding
