"""A plugin's own window, where the host can show one: macOS and Windows, both untested.

On Linux pedalboard's editor dies of an X error and takes its process along, and dawdreamer's stays
unpainted: the road to a plugin's window there is the DAW.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bridge.hosting.child.scratch import scratch
from bridge.hosting.finding.states import SUFFIXES
from bridge.hosting.insert_children import ask
from bridge.hosting.jobs import window_job
from bridge.plugins import Plugin, Slot
from stemwright.problems import MachineError, Problem

LONGEST_S = 24 * 3600.0
"""How long a window may stay open."""


def refuse_window(plugin: Plugin, step_id: str, hint: str) -> None:
    """Raise MachineError `no_window` where no host can show the plugin's window."""
    if sys.platform in ("darwin", "win32") and plugin.format != "VST2":
        return
    raise MachineError(
        Problem(
            kind="no_window",
            message=f"{plugin.name}'s own window cannot be opened here: no plugin host of "
            "stemwright can show one on this system",
            where=Slot(plugin, step_id).where(),
            hint=hint,
        )
    )


def open_window(  # pragma: no cover - untested
    plugin: Plugin, state: Path | None, step_id: str
) -> bytes:
    """Show the window over `state` until it is closed; the state the plugin then holds."""
    with scratch() as folder:
        out = folder / f"edited{SUFFIXES[plugin.format]}"
        ask(window_job(plugin, state, out), LONGEST_S, Slot(plugin, step_id))
        return out.read_bytes()
