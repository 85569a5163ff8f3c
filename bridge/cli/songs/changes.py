"""`stemwright changes`: what a revision did, in words and numbers."""

from __future__ import annotations

from typing import Annotated

import typer

from bridge.cli.options import JobPath, Json
from bridge.cli.printing import print_json, say


def changes(
    job: JobPath,
    a: Annotated[str, typer.Argument(metavar="A", help="A revision that was sent: r0, r1, ...")],
    b: Annotated[str, typer.Argument(metavar="B", help="The one to compare with it.")],
    json: Json = False,
) -> None:
    """Say what changed from revision A of JOB to revision B: settings, rides, stems, levels.

    Both are read as they were sent, whatever became of the chain and the stems since.

    Example: stemwright changes song/ r1 r2
    """
    from bridge.jobs.revisions import changes_between

    found = changes_between(job, a, b)
    if json:
        print_json(found.as_json())
        return
    say(*([each.words for each in found.changes] or ["nothing changed"]))
    say(*(each.words for each in found.masters))
