"""What a plugin says of itself once it is loaded: channels and parameters, read in a child."""

from __future__ import annotations

from pathlib import Path

from bridge.hosting.answers import Described
from bridge.hosting.hosts import TRIED_ELSEWHERE, ask
from bridge.hosting.jobs import RawParams, describe_job
from bridge.hosting.port import LOAD_DEADLINE_S
from bridge.plugins import Plugin, Slot
from stemwright.problems import RenderError


def describe(
    plugin: Plugin,
    deadline_s: float = LOAD_DEADLINE_S,
    *,
    state: Path | None = None,
    raw_params: RawParams = (),
    display: bool = True,
) -> Described:
    """Load `plugin` in a child, apply `state`, then `raw_params`, and list its parameters.

    `display` False hides the screen from it.

    Raises RenderError when it cannot be loaded in any host that knows its format.
    """

    def asked(engine: str) -> Described:
        job = describe_job(engine, plugin, state, raw_params, display=display)
        return ask(job, deadline_s, Slot(plugin))

    if plugin.format == "VST2":
        return asked("dawdreamer")
    try:
        return asked("pedalboard")
    except RenderError as first:
        if first.problems[0].kind not in TRIED_ELSEWHERE or plugin.classes_in_file > 1:
            raise
        try:
            return asked("dawdreamer")
        except RenderError:
            raise first from None
