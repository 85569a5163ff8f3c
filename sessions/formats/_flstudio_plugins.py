"""Plugins in an FL Studio project: its own, and others inside the Fruity Wrapper."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from sessions import plugin_state
from sessions.formats._flstudio_events import Event
from sessions.model import Device, DeviceState

INTERNAL, DATA = 201, 213
_WRAPPER = "Fruity Wrapper"
_FOURCC, _CLASS_ID, _STATE, _NAME, _FILE, _VENDOR = 51, 52, 53, 54, 55, 56
_RECORD = struct.Struct("<IQ")
# A VST2 state: marker, kind of state, its size, padding, the program; then the state itself.
_CHUNK = bytes.fromhex("f7ffffff0dfeffffff")
_PARAMS = bytes.fromhex("f7ffffff05feffffff")
_SIZED = struct.Struct("<9s3I")


def device(internal: str, label: str, data: bytes) -> Device:
    """A plugin from its internal name, the user's name for it and its data.

    FL Studio's own plugins keep their data as found. A wrapped plugin's state becomes an .fxp for
    VST2; other kinds' layouts are not known and stay opaque.
    """
    if internal != _WRAPPER:
        name = internal or label
        own = Device(name, "Image-Line", "builtin", name, kind="builtin")
        state = plugin_state.opaque(data) if data else None
        return replace(own, state=state, label=None if label in ("", name) else label)
    records = _records(data)
    name = _text(records.get(_NAME, b"")) or label or _WRAPPER
    file = _text(records.get(_FILE, b"")) or None
    found = Device(name, _text(records.get(_VENDOR, b"")), "VST2", "", file=file)
    found = replace(found, label=None if label in ("", name) else label)
    return _identified(found, records, data)


def _identified(found: Device, records: Mapping[int, bytes], data: bytes) -> Device:
    state = records.get(_STATE, b"")
    class_id = records.get(_CLASS_ID, b"")
    if len(class_id) == 16 and any(class_id):
        shown = _class_id(class_id)
        kept = replace(plugin_state.opaque(state), class_id=shown) if state else None
        return replace(found, format="VST3", id=shown, state=kept)
    if _extension(found.file) == "clap":
        return replace(found, format="CLAP", state=plugin_state.opaque(state) if state else None)
    unique_id = int.from_bytes(records.get(_FOURCC, b"")[:4], "little")
    if not records:
        return replace(found, state=plugin_state.opaque(data) if data else None)
    return replace(found, id=str(unique_id), state=_vst2_state(unique_id, state))


def damaged(events: Sequence[Event], unicode: bool) -> int:
    """How many wrapped plugins' data does not end where its records say."""
    count, internal = 0, ""
    for event in events:
        if event.number == INTERNAL:
            internal = event.text(unicode).strip()
        elif event.number == DATA and internal == _WRAPPER:
            count += _walked(event.data)[1] != len(event.data)
    return count


def _records(data: bytes) -> dict[int, bytes]:
    """The wrapper's records by number; what follows a broken one is left out."""
    return _walked(data)[0]


def _walked(data: bytes) -> tuple[dict[int, bytes], int]:
    """The records, and the byte at which they end."""
    records: dict[int, bytes] = {}
    at = min(4, len(data))
    while at + _RECORD.size <= len(data):
        number, size = _RECORD.unpack_from(data, at)
        if size > len(data) - at - _RECORD.size:
            break
        at += _RECORD.size
        records[number] = data[at : at + size]
        at += size
    return records, at


def _vst2_state(unique_id: int, state: bytes) -> DeviceState | None:
    if not state:
        return None
    if len(state) < _SIZED.size:
        return plugin_state.opaque(state)
    marker, size, _, program = _SIZED.unpack_from(state)
    body = state[_SIZED.size :]
    if size == len(body) and marker == _CHUNK:
        return plugin_state.fxp(unique_id, body)
    values = _values(body, program) if size == len(body) and marker == _PARAMS else None
    if values is None:
        return plugin_state.opaque(state)
    return plugin_state.fxp_params(unique_id, values)


def _values(body: bytes, program: int) -> tuple[float, ...] | None:
    """The current program's parameters out of those of all programs."""
    count = int.from_bytes(body[:4], "little")
    names_at = 4 + 4 * count
    programs = int.from_bytes(body[names_at : names_at + 4], "little")
    if names_at + 4 > len(body) or not programs or program >= programs:
        return None
    each = count // programs
    return struct.unpack_from(f"<{each}f", body, 4 + 4 * each * program)


def _class_id(stored: bytes) -> str:
    """A class id as text. FL Studio keeps it as Windows lays a GUID out in memory.

    Of a VST2 plugin's VST3 twin it keeps the controller's, which differs by one letter (VST 3 SDK,
    "Plug-in IDs of VST 2 plug-ins").
    """
    swapped = plugin_state.windows_byte_order(stored)
    if swapped.startswith(b"VSE"):
        swapped = b"VST" + swapped[3:]
    return swapped.hex().upper()


def _text(data: bytes) -> str:
    try:
        found = data.decode("utf-8")
    except UnicodeDecodeError:
        found = data.decode("cp1252", "replace")
    return found.split("\0", 1)[0]


def _extension(file: str | None) -> str:
    return PurePosixPath((file or "").replace("\\", "/")).suffix.lower().lstrip(".")
