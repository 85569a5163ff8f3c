"""`stemwright read`."""

from __future__ import annotations

import typer

from bridge.cli.options import Json, SessionPaths
from bridge.cli.telling import print_json, spoken


def read(session: SessionPaths, json: Json = False) -> None:
    """Show what a session holds: stems, roles, rates, mix and reference files, notes.

    Example: stemwright read stems/
    """
    from sessions import read as read_session

    found = read_session(session)
    if json:
        print_json(found.as_json())
        return
    for track in found.tracks:
        media = track.clips[0].media
        typer.echo(
            f"{track.name:<24} {track.role:<18} {track.channels} ch  "
            f"{media.sample_rate_hz} Hz  {media.frames / media.sample_rate_hz:8.2f} s"
        )
    for reference in found.references:
        typer.echo(f"{reference.name:<24} {reference.kind}, not summed")
    for said in found.diagnostics:
        typer.echo(spoken(said.as_json()), err=True)
