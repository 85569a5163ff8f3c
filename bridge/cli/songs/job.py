"""`stemwright job`: a folder for one song."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.checking.quick import Check, say_checked
from bridge.cli.options import Json
from bridge.cli.printing import print_json, say
from stemwright.words import quoted

app = typer.Typer(
    name="job",
    help="The folder of a song: its stems, its chain, and what it changes of it.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


@app.callback()
def _top() -> None:
    """The folder of a song: its stems, its chain, and what it changes of it."""


@app.command()
def new(
    stems: Annotated[
        list[Path],
        typer.Argument(metavar="STEMS", help="A folder or zip of stems, or the audio files."),
    ],
    chain: Annotated[
        Path, typer.Option("--chain", metavar="CHAIN", help="The chain file (.toml) it goes by.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="DIR",
            help="The job's folder. Default: the one around a folder called stems, else STEMS-job.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be written, and write nothing.")
    ] = False,
    check: Check = True,
    json: Json = False,
) -> None:
    """Make the folder of a song with a job.toml that names its stems and its chain.

    A rough mix and references among the stems are found by their names and named in it: they are
    compared with, never summed. Title, artist and more come from the files' tags, else from the
    folder's name. Nothing is asked, and nothing that is there is overwritten.

    Example: stemwright job new stems/ --chain chain.toml -o song/
    """
    from bridge.jobs import default_folder, new_job, write_job
    from bridge.road import Inputs, QuickCheck, cores, diagnostic_of, quick_check, stems_of

    folder = out or default_folder(stems)
    if not dry_run:
        printed = folder / f"{stems[0].stem}-stems"
        stems = [*stems_of(stems, Inputs(stems, chain, jobs=cores()), printed).paths]
    made = new_job(stems, chain, folder)
    if not dry_run:
        write_job(made)
    found = quick_check(stems, cores()) if check else QuickCheck((), made.diagnostics)
    if json:
        told = [{**each.as_json(), "stems": list(each.stems)} for each in found.findings]
        made = replace(made, diagnostics=found.diagnostics)
        print_json({**made.as_json(), "written": not dry_run, "findings": told})
        return
    noticed = (*found.diagnostics, *map(diagnostic_of, found.findings))
    say_checked((each.as_json() for each in noticed), [made.path.parent])
    if dry_run:
        say(*made.text.rstrip("\n").split("\n"))
        return
    say(str(made.path))
    say(f"render it: stemwright render {quoted(made.path.parent)}", err=True)
