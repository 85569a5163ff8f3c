"""The head of a .vstpreset: enough to tell whose state it is before any plugin sees it.

Layout (VST 3 SDK, "Preset Format"): `VST3`, int32 version, 32 ASCII hex digits of the class id,
int64 offset of the chunk list; little-endian.
"""

from __future__ import annotations

import string
from pathlib import Path

from bridge.errors import InputError, Problem, RenderError
from bridge.hosting.faults import where_of
from bridge.plugins import Plugin

MAGIC = b"VST3"
HEAD_BYTES = 48
_HEX = frozenset(string.hexdigits.encode())


def class_id(head: bytes) -> str | None:
    """The class id in the first bytes of a .vstpreset; None when they are not one."""
    if len(head) < HEAD_BYTES or head[:4] != MAGIC or not _HEX.issuperset(head[8:40]):
        return None
    return head[8:40].decode("ascii").upper()


def check_owner(state: Path, plugin: Plugin, step_id: str) -> None:
    """Raise unless `state` is a .vstpreset of this very plugin.

    Errors: InputError `bad_state` (not there, not a .vstpreset), RenderError `wrong_state`.
    """
    found = _class_id_of(state, plugin, step_id)
    if plugin.class_id and found != plugin.class_id.upper():
        raise RenderError(
            Problem(
                kind="wrong_state",
                message=f"{state.name} is not a state of {plugin.name}: it belongs to the plugin "
                f"class {found}, and {plugin.name} is {plugin.class_id}",
                where=where_of(plugin, step_id),
                expected=plugin.class_id,
                hint="Point the insert at a .vstpreset saved from this plugin, "
                "or name the plugin the state was saved from.",
            )
        )


def _class_id_of(state: Path, plugin: Plugin, step_id: str) -> str:
    try:
        with state.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        fault = f"the state {state.name} cannot be read: {error.strerror or error}"
    else:
        found = class_id(head)
        if found is not None:
            return found
        fault = f"{state.name} is not a .vstpreset"
    raise InputError(
        Problem(
            kind="bad_state",
            message=fault,
            where=where_of(plugin, step_id),
            expected="a .vstpreset file",
            hint="Save the plugin's state again as a VST3 preset.",
        )
    )
