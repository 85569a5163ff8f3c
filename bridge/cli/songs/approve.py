"""`stemwright approve`: the client said yes."""

from __future__ import annotations

from typing import Annotated

import typer

from bridge.cli.options import JobPath, Json, RevisionName
from bridge.cli.printing import print_json, say


def approve(
    job: JobPath,
    revision: RevisionName,
    version: Annotated[
        list[str] | None,
        typer.Option(
            "--version",
            metavar="ID",
            help="Approve this master alone: main or a version; repeatable. Default: all.",
        ),
    ] = None,
    who: Annotated[
        str | None, typer.Option("--who", metavar="NAME", help="Who approves. Default: you.")
    ] = None,
    json: Json = False,
) -> None:
    """Note in JOB that a revision, or single masters of it, are approved.

    Only masters that are as they were sent can be approved.

    Example: stemwright approve song/ r2 --version main --who "The Example"
    """
    from bridge.jobs.revisions import approve as note_approval

    found = note_approval(job, revision, version or (), who=who)
    if json:
        print_json(found.as_json())
    else:
        say(f"{found.revision} approved: {', '.join(found.versions)}; by {found.who}")
