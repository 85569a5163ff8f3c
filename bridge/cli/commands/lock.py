"""`stemwright lock`: what a render would depend on, written down before it is rendered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.given_song import given_song
from bridge.cli.options import (
    ChainOrJob,
    Jobs,
    Json,
    Long,
    Media,
    PluginPath,
    SampleFormat,
    Skip,
    SongPaths,
    StorePath,
    ThroughMaster,
    Trust,
)
from bridge.cli.printing import print_json, say
from bridge.road import Inputs, Work, cores, write_lock


def lock(
    session: SongPaths,
    chain: ChainOrJob,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help="Where chain.lock goes."),
    ] = None,
    subtype: SampleFormat = "pcm24",
    store: StorePath = None,
    plugin_path: PluginPath = None,
    trust: Trust = None,
    skip: Skip = None,
    long: Long = False,
    media: Media = None,
    through_master: ThroughMaster = False,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Plan, and write DIR/chain.lock alone: sources, plugins, states, engine, settings.

    `stemwright render --locked` then refuses to render anything else.

    Example: stemwright lock stems/ chain.toml -o master/
    """
    from bridge.cli.progress import ProgressBar

    song = given_song(session, chain, "lock")
    inputs = Inputs(
        session=song.session,
        chain=song.chain,
        store=store,
        plugin_folders=plugin_path or (),
        trusted=trust or (),
        skip=skip or (),
        long=long,
        media=media or (),
        through_master=through_master,
        jobs=jobs or cores(),
    )
    work = Work(song.of(inputs), out or song.output, subtype)
    with ProgressBar() as progress:
        made = write_lock(work, progress)
    if json:
        print_json(made.as_json())
    else:
        say(str(work.folder / "chain.lock"))
