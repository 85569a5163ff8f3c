"""`stemwright read`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import Json, StorePath, Trust
from bridge.cli.printing import print_json, say
from bridge.cli.session_lines import session_lines
from bridge.cli.telling import say_diagnostics

if TYPE_CHECKING:
    from sessions import Session


def read(
    session: Annotated[
        list[Path],
        typer.Argument(
            metavar="SESSION",
            help="A DAW's project or exchange file (stemwright formats lists them), a folder or zip"
            " of stems, or the audio files.",
        ),
    ],
    media: Annotated[
        list[Path] | None,
        typer.Option("--media", help="A folder to look for audio in; repeatable."),
    ] = None,
    extract: Annotated[
        bool, typer.Option(help="Copy audio that is embedded in the session into the store.")
    ] = False,
    trust: Trust = None,
    store: StorePath = None,
    clips: Annotated[
        bool, typer.Option(help="Each clip too: its place to the sample, level and fades.")
    ] = False,
    json: Json = False,
) -> None:
    """Show what a session holds: tempo, tracks or stems, levels, plugins, sends, markers, notes.

    Example: stemwright read song.rpp --clips
    """
    from sessions import read as read_session

    found = read_session(session, media or ())
    if extract:
        from bridge.hosting import trusted_folders

        allowed = (*(media or ()), *trusted_folders(trust or ()))
        found, paths = _extracted(found, store, session, allowed)
        say(*(f"extracted {path}" for path in paths), err=True)
    if json:
        print_json(found.as_json())
        return
    say(*session_lines(found, clips))
    say_diagnostics(said.as_json() for said in found.diagnostics)


def _extracted(
    session: Session, store: Path | None, given: list[Path], trusted: tuple[Path, ...]
) -> tuple[Session, tuple[Path, ...]]:
    from bridge.exchanging import extract
    from bridge.storing import Store, default_root

    return extract(session, Store(store or default_root()), given, trusted)
