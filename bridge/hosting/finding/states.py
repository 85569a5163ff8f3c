"""Whose state a file is, by its first bytes, before any plugin sees it or any byte is copied."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bridge.hosting.finding import audio_unit
from bridge.plugins import Slot
from stemwright.problems import InputError, Problem, RenderError

SUFFIXES: Mapping[str, str] = {"VST3": ".vstpreset", "VST2": ".fxp", "AU": ".aupreset"}
"""What a state file of each plugin format is called."""

MOST_BYTES = 256 << 20
"""A state that is larger is none: sampled instruments save tens of megabytes."""

_PLIST_HEADS = (b"<?xml", b"<!DOCTYPE plist", b"<plist", b"bplist00")
_PLIST_HEAD_BYTES = 48
_FORMS = ", ".join(SUFFIXES.values())


@contextmanager
def opened_state(state: Path) -> Iterator[IO[bytes]]:
    """A state file, open at its start, whose head is that of a form which hosts load.

    Raises InputError `bad_state`: not there, no plain file, too large, no state.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        file = os.fdopen(os.open(state, flags), "rb")
    except OSError as error:
        raise _unreadable(state, error.strerror or str(error)) from error
    with file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise _unreadable(state, "it is no plain file")
        if found.st_size > MOST_BYTES or not _is_state(file):
            raise _no_state(state)
        file.seek(0)
        yield file


def _is_state(file: IO[bytes]) -> bool:
    for owner in (_vst3_owner, _vst2_owner):
        if owner(file) is not None:
            return True
        file.seek(0)
    head = file.read(_PLIST_HEAD_BYTES)
    plist = head.lstrip().startswith(_PLIST_HEADS)
    return plist and audio_unit.audio_unit_class_id(head + file.read()) is not None


def _vst3_owner(file: IO[bytes]) -> str | None:
    from sessions import VSTPRESET_HEAD_BYTES, vstpreset_class_id

    return vstpreset_class_id(file.read(VSTPRESET_HEAD_BYTES))


def _vst2_owner(file: IO[bytes]) -> str | None:
    from sessions import FXP_HEAD_BYTES, fxp_unique_id

    unique_id = fxp_unique_id(file.read(FXP_HEAD_BYTES))
    return None if unique_id is None else f"{unique_id:08X}"


def _audio_unit_owner(file: IO[bytes]) -> str | None:
    return audio_unit.audio_unit_class_id(file.read())


_OWNERS: Mapping[str, Callable[[IO[bytes]], str | None]] = {
    "VST3": _vst3_owner,
    "VST2": _vst2_owner,
    "AU": _audio_unit_owner,
}


def _unreadable(state: Path, why: str) -> InputError:
    message = f"the state {state.name} cannot be read: {why}"
    return InputError(Problem("bad_state", message, {"file": str(state)}))


def _no_state(state: Path) -> InputError:
    return InputError(
        Problem(
            "bad_state",
            f"{state.name} is not the state of a plugin",
            {"file": str(state)},
            expected=f"a state file of one of the kinds {_FORMS}",
            hint="save the plugin's state again as a preset, and name that file",
        )
    )


def check_owner(state: Path, slot: Slot) -> None:
    """Raise unless `state` is a state file of the very plugin of `slot`.

    Errors: InputError `bad_state` (not there, not a state), RenderError `wrong_state`.
    """
    plugin, found = slot.plugin, _class_id_of(state, slot)
    if plugin.class_id and found.upper() != plugin.class_id.upper():
        raise RenderError(
            Problem(
                kind="wrong_state",
                message=f"{state.name} is not a state of {plugin.name}: it belongs to the plugin "
                f"class {found}, and {plugin.name} is {plugin.class_id}",
                where=slot.where("state"),
                expected=plugin.class_id,
                hint=f"Point the insert at a {SUFFIXES[plugin.format]} saved from this plugin, "
                "or name the plugin the state was saved from.",
            )
        )


def _class_id_of(state: Path, slot: Slot) -> str:
    plugin = slot.plugin
    suffix = SUFFIXES[plugin.format]
    try:
        with state.open("rb") as file:
            found = _OWNERS[plugin.format](file)
    except OSError as error:
        fault = f"the state {state.name} cannot be read: {error.strerror or error}"
    else:
        if found is not None:
            return found
        fault = f"{state.name} is not {'an' if suffix == '.aupreset' else 'a'} {suffix}"
    raise InputError(
        Problem(
            kind="bad_state",
            message=fault,
            where=slot.where("state"),
            expected=f"a state file of the kind {suffix}",
            hint=f"Save the plugin's state again as a {plugin.format} preset.",
        )
    )
