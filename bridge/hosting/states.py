"""Whose state a file is, by its first bytes, before any plugin sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from bridge.errors import InputError, Problem, RenderError
from bridge.hosting import audio_unit, fxp, vstpreset
from bridge.hosting.faults import where_of
from bridge.plugins import Plugin

SUFFIXES: Mapping[str, str] = {"VST3": ".vstpreset", "VST2": ".fxp", "AU": ".aupreset"}
"""What a state file of each plugin format is called."""

_READ: Mapping[str, tuple[int, Callable[[bytes], str | None]]] = {
    "VST3": (vstpreset.HEAD_BYTES, vstpreset.class_id),
    "VST2": (fxp.HEAD_BYTES, fxp.class_id),
    "AU": (-1, audio_unit.class_id),
}


def check_owner(state: Path, plugin: Plugin, step_id: str) -> None:
    """Raise unless `state` is a state file of this very plugin.

    Errors: InputError `bad_state` (not there, not a state), RenderError `wrong_state`.
    """
    found = _class_id_of(state, plugin, step_id)
    if plugin.class_id and found.upper() != plugin.class_id.upper():
        raise RenderError(
            Problem(
                kind="wrong_state",
                message=f"{state.name} is not a state of {plugin.name}: it belongs to the plugin "
                f"class {found}, and {plugin.name} is {plugin.class_id}",
                where=where_of(plugin, step_id),
                expected=plugin.class_id,
                hint=f"Point the insert at a {SUFFIXES[plugin.format]} saved from this plugin, "
                "or name the plugin the state was saved from.",
            )
        )


def _class_id_of(state: Path, plugin: Plugin, step_id: str) -> str:
    suffix, (size, read) = SUFFIXES[plugin.format], _READ[plugin.format]
    try:
        with state.open("rb") as file:
            head = file.read(size)
    except OSError as error:
        fault = f"the state {state.name} cannot be read: {error.strerror or error}"
    else:
        found = read(head)
        if found is not None:
            return found
        fault = f"{state.name} is not {'an' if suffix == '.aupreset' else 'a'} {suffix}"
    raise InputError(
        Problem(
            kind="bad_state",
            message=fault,
            where=where_of(plugin, step_id),
            expected=f"a state file of the kind {suffix}",
            hint=f"Save the plugin's state again as a {plugin.format} preset.",
        )
    )
