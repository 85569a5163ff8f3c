"""`stemwright export`: a song as a project that a DAW opens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bridge.cli.given_song import finished
from bridge.cli.options import Json, PluginPath, StemsPlace, StorePath, Trust
from bridge.cli.printing import print_json, say
from bridge.cli.telling import say_diagnostics
from stemwright.problems import Problem, StoppedError

if TYPE_CHECKING:
    from bridge.exchanging import Exported

CopyOrLink = Annotated[
    Literal["copy", "link"] | None,
    typer.Option(
        "--audio",
        help="Copy the audio along or link it. Default: copy for .dawproject, link for .rpp.",
    ),
]


def export(
    source: Annotated[
        list[Path],
        typer.Argument(
            metavar="SESSION|DIR|JOB", help="A session, a folder that render wrote, or a job."
        ),
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE", help="FILE.dawproject or FILE.rpp.")
    ],
    audio: CopyOrLink = None,
    media: Annotated[
        list[Path] | None,
        typer.Option("--media", help="A folder to look for audio in; repeatable."),
    ] = None,
    stems: StemsPlace = None,
    printed: Annotated[
        bool,
        typer.Option(
            "--printed",
            help="Write groups and returns with stemwright's own processors as audio behind them.",
        ),
    ] = False,
    plugin_path: PluginPath = None,
    trust: Trust = None,
    store: StorePath = None,
    json: Json = False,
) -> None:
    """Write a session, or a finished folder with its chain's plugins, as a DAW project.

    Open it in the DAW, tweak the plugins in their own windows, save, and take it back with
    stemwright capture --like DIR/chain.toml. What the project cannot hold is named.

    Example: stemwright export master/ -o song.rpp
    """
    from bridge.exchanging import export as write_project
    from bridge.storing import Store, default_root

    try:
        done = write_project(
            [finished(each) for each in source],
            out,
            Store(store or default_root()),
            audio=audio,
            plugin_folders=plugin_path or (),
            trusted=trust or (),
            media=media or (),
            stems=stems,
            printed=printed,
        )
    except KeyboardInterrupt as stop:
        raise StoppedError(Problem("stopped", f"stopped; {out} was not written")) from stop
    if json:
        print_json(done.as_json())
    else:
        _tell(done, out)


def _tell(done: Exported, out: Path) -> None:
    say_diagnostics(said.as_json() for said in done.diagnostics)
    told = done.as_json()
    say(
        f"{out}: {told['tracks']} tracks, {told['clips']} clips, {told['plugins']} plugins, "
        f"{told['states']} with their states"
    )
