"""Options several commands share, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, errors included.")]
SongPaths = Annotated[
    list[Path],
    typer.Argument(
        metavar="SESSION",
        help="A folder or zip of stems, or the audio files; none before a JOB.",
        default_factory=list,
        show_default=False,
    ),
]
ChainOrJob = Annotated[
    Path,
    typer.Argument(
        metavar="CHAIN|JOB",
        help="A chain file (.toml); or alone, a song's job: job.toml or its folder.",
    ),
]
JobPath = Annotated[
    Path, typer.Argument(metavar="JOB", help="A song's job: job.toml or its folder.")
]
RevisionName = Annotated[
    str, typer.Argument(metavar="REVISION", help="A revision that was sent: r0, r1, ...")
]
ChainPath = Annotated[Path, typer.Argument(metavar="CHAIN", help="A chain file (.toml).")]
StemsPlace = Annotated[
    Path | None,
    typer.Option(
        "--stems",
        metavar="FOLDER|ZIP",
        help="Where the song's stems lie now, if not where they were rendered from.",
    ),
]
StorePath = Annotated[
    Path | None,
    typer.Option(
        "--store",
        help="Where finished steps are kept. Default: STEMWRIGHT_STORE, else your cache folder.",
    ),
]
PluginPath = Annotated[
    list[Path] | None,
    typer.Option("--plugin-path", help="A folder to look for plugins in first; repeatable."),
]
Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugins",
        help="Host what lies here and nothing else; repeatable. Frozen audio of a job stands in "
        "for none of the others then, unless --frozen says so.",
    ),
]
Frozen = Annotated[
    bool | None,
    typer.Option(
        "--frozen/--no-frozen",
        help="Of a job: let frozen audio stand in for every plugin it has it of, or for none. "
        "Default: for those that are not here, or are another binary here.",
    ),
]
Trust = Annotated[
    list[Path] | None,
    typer.Option(
        "--trust",
        metavar="FOLDER",
        exists=True,
        help="A folder outside the chain's own and the plugin folders whose plugins and states the"
        " chain may name by path; repeatable.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help="Lanes rendered at once. Default: the CPU's cores."),
]
SampleFormat = Annotated[
    Literal["pcm24", "pcm16", "float32", "float64"],
    typer.Option("--subtype", help="Sample format."),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Refuse stems that would need sample rate conversion.")
]
Media = Annotated[
    list[Path] | None,
    typer.Option(
        "--media", help="Of a DAW's session: a folder to look for its audio in; repeatable."
    ),
]
ThroughMaster = Annotated[
    bool,
    typer.Option(
        "--through-master",
        help="Of a DAW's session: take each stem as it leaves the session's own master.",
    ),
]
Skip = Annotated[
    list[str] | None,
    typer.Option(
        "--skip",
        metavar="NAME",
        help="A file among the stems to leave out, by its name or a glob; repeatable.",
    ),
]
Page = Annotated[
    Path | None,
    typer.Option("--page", metavar="FILE", help="Write a page to look at and listen to."),
]
Long = Annotated[
    bool, typer.Option("--long", help="Allow stems whose times make the song longer than 3 h.")
]
