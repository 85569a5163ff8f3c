"""`stemwright page`: what a client listens to and notes on, as one file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.options import JobPath, Json, StorePath
from bridge.cli.printing import print_json, say
from bridge.cli.telling import warn
from stemwright.problems import Problem


def page(
    job: JobPath,
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE", help="The page to write, such as x.html.")
    ],
    store: StorePath = None,
    json: Json = False,
) -> None:
    """Write a page for JOB's client: every take at one loudness, and a place for notes.

    Rough mix, references, r0, r1 and so on, and the draft where it was not sent yet. A click on the
    waveform writes a note; the page keeps them and saves them as a file for `revise`. Notes that
    came back stand in it with what was done, or as open. A revision that is gone or was edited is
    left out, and told. One file, which needs no network.

    Example: stemwright page song/ -o riverside.html
    """
    from bridge.jobs import client_song_of
    from bridge.jobs.revisions import load_kept_job
    from bridge.pages.client import write_client_page
    from bridge.storing import Store, default_root

    kept = load_kept_job(job)
    song = client_song_of(kept.job)
    write_client_page(out, song, Store(store or default_root()))
    warn((*kept.gone, *map(_left_out, song.left_out)))
    size = out.stat().st_size
    if json:
        notes = [{"id": each.id, "answers": list(each.answers)} for each in song.notes]
        takes = [each.name for each in song.takes]
        print_json({"page": str(out), "bytes": size, "takes": takes, "notes": notes})
        return
    say(f"{out}  {size / 1e6:.1f} MB")
    is_open = sum(not each.answers for each in song.notes)
    takes_said = ", ".join(each.name for each in song.takes)
    noted = f"; {len(song.notes)} notes, {is_open} open" if song.notes else ""
    say(f"{takes_said}{noted}", err=True)


def _left_out(problem: Problem) -> Problem:
    return replace(problem, message=f"{problem.message}; the page leaves that revision out")
