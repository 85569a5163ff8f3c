"""`stemwright read`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import Json, SessionPaths, StorePath
from bridge.cli.telling import print_json, spoken

if TYPE_CHECKING:
    from sessions import Session, Track


def read(
    session: SessionPaths,
    media: Annotated[
        list[Path] | None,
        typer.Option("--media", help="A folder to look for audio in; repeatable."),
    ] = None,
    extract: Annotated[
        bool, typer.Option(help="Copy audio that is embedded in the session into the store.")
    ] = False,
    store: StorePath = None,
    json: Json = False,
) -> None:
    """Show what a session holds: tracks or stems, clips, plugins and their states, notes.

    Example: stemwright read stems/
    """
    from sessions import read as read_session

    found = read_session(session, media or ())
    if extract:
        found, paths = _extracted(found, store)
        for path in paths:
            typer.echo(f"extracted {path}", err=True)
    if json:
        print_json(found.as_json())
        return
    daw = f", {found.daw}" if found.daw else ""
    typer.echo(f"{found.format}{daw}, {found.sample_rate_hz} Hz")
    for track in found.tracks:
        typer.echo(_line(track))
    for reference in found.references:
        typer.echo(f"  {reference.name:<24} {reference.kind}, not summed")
    for said in found.diagnostics:
        typer.echo(spoken(said.as_json()), err=True)


def _extracted(session: Session, store: Path | None) -> tuple[Session, tuple[Path, ...]]:
    from bridge.exchanging import extract
    from bridge.storing import Store, default_root

    return extract(session, Store(store or default_root()))


def _line(track: Track) -> str:
    line = f"  {track.name:<24} {track.kind:<8} {track.role:<16} {track.channels} ch"
    if len(track.clips) == 1 and track.clips[0].media is not None:
        media = track.clips[0].media
        line += f"  {media.sample_rate_hz} Hz  {media.frames / media.sample_rate_hz:8.2f} s"
    elif track.clips:
        line += f"  {len(track.clips)} clips"
    for device in track.devices:
        state = "" if device.state is None else f", state {len(device.state.data)} bytes"
        line += f"\n      {device.format:<6} {device.name}{state}"
    return line
