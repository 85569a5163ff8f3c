"""`stemwright changes`: what a revision did, in words and numbers."""

from __future__ import annotations

from typing import Annotated

import typer

from bridge.cli.options import JobPath, Json, PluginPath, StorePath
from bridge.cli.printing import print_json, say
from bridge.road import StateTexts, compared_revisions


def changes(
    job: JobPath,
    a: Annotated[str, typer.Argument(metavar="A", help="A revision that was sent: r0, r1, ...")],
    b: Annotated[str, typer.Argument(metavar="B", help="The one to compare with it.")],
    plugin_path: PluginPath = None,
    store: StorePath = None,
    json: Json = False,
) -> None:
    """Say what changed from revision A of JOB to revision B: settings, rides, stems, levels.

    Both are read as they were sent, whatever became of the chain and the stems since. States of
    plugins are told by parameter where the plugin is here, in its own display text.

    Example: stemwright changes song/ r1 r2
    """
    found = compared_revisions(job, a, b, StateTexts(store, plugin_path or ()))
    if json:
        print_json(found.as_json())
        return
    say(*found.lines)
