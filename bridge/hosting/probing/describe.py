"""What a plugin says of itself once it is loaded: channels and parameters, read in a child."""

from __future__ import annotations

from pathlib import Path

from bridge.hosting.answers import Described
from bridge.hosting.engines.table import Engine, usual
from bridge.hosting.insert_children import ask, first_of
from bridge.hosting.jobs import RawParams, describe_job
from bridge.hosting.port import LOAD_DEADLINE_S
from bridge.plugins import Plugin, Slot


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

    def asked(engine: Engine) -> Described:
        job = describe_job(engine.name, plugin, state, raw_params, display=display)
        return ask(job, deadline_s, Slot(plugin))

    engines = usual().setting_up(plugin.format)
    return first_of(engines, asked, again=plugin.classes_in_file <= 1)
