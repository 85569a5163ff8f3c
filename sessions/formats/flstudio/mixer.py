"""The mixer of an FL Studio project: inserts, their slots and where they lead."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from sessions.bundle.roles import role_of
from sessions.formats.flstudio.events import Event
from sessions.model.session import Device, DeviceState, Send, Track
from sessions.states import device_states

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
        state = device_states.opaque(data) if data else None
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
        kept = replace(device_states.opaque(state), class_id=shown) if state else None
        return replace(found, format="VST3", id=shown, state=kept)
    if _extension(found.file) == "clap":
        return replace(found, format="CLAP", state=device_states.opaque(state) if state else None)
    unique_id = int.from_bytes(records.get(_FOURCC, b"")[:4], "little")
    if not records:
        return replace(found, state=device_states.opaque(data) if data else None)
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
        return device_states.opaque(state)
    marker, size, _, program = _SIZED.unpack_from(state)
    body = state[_SIZED.size :]
    if size == len(body) and marker == _CHUNK:
        return device_states.fxp(unique_id, body)
    values = _values(body, program) if size == len(body) and marker == _PARAMS else None
    if values is None:
        return device_states.opaque(state)
    return device_states.fxp_params(unique_id, values)


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
    swapped = device_states.windows_byte_order(stored)
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


_INSERT, _INSERT_NAME, _ROUTING, _LEVELS = 236, 204, 235, 225
_SLOT, _LABEL = 98, 203
_LEVEL = struct.Struct("<4xBxHi")
_SLOT_ON, _SLOT_MIX, _FULL_MIX = 0, 1, 12_800
_Levels = Mapping[tuple[int, int, int], int]


@dataclass
class _Insert:
    """`routes` are the inserts it leads to; None where the project does not say."""

    number: int
    name: str = ""
    routes: tuple[int, ...] | None = None
    devices: list[Device] = field(default_factory=list)


def mixer_target(insert: int) -> str:
    """The track id of an insert; insert 0 is the master."""
    return "master" if insert == 0 else f"insert:{insert}"


def mixer_tracks(events: Sequence[Event], unicode: bool, routed: frozenset[int]) -> list[Track]:
    """The inserts that are named, filled, or `routed` to by channels; the master is the last."""
    levels = _levels(events)
    found = {each.number: each for each in _inserts(events, unicode, levels)}
    used = {0} | routed | {each.number for each in found.values() if each.devices or each.name}
    tracks = [_track(found.get(number, _Insert(number)), used) for number in sorted(used)]
    return [*tracks[1:], tracks[0]]


def _levels(events: Sequence[Event]) -> _Levels:
    """The mixer's values by insert, slot and parameter."""
    data = next((event.data for event in events if event.number == _LEVELS), b"")
    whole = data[: len(data) // _LEVEL.size * _LEVEL.size]
    return {
        (place >> 6 & 0x7F, place & 0x3F, number): value
        for number, place, value in _LEVEL.iter_unpack(whole)
    }


def _inserts(events: Sequence[Event], unicode: bool, levels: _Levels) -> Iterator[_Insert]:
    """Each insert with its slots; an insert's name stands before it."""
    name = ""
    starts = [at for at, event in enumerate(events) if event.number == _INSERT]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(events)
        before = starts[number - 1] if number else 0
        names = [each for each in events[before:start] if each.number == _INSERT_NAME]
        name = names[-1].text(unicode).strip() if names else ""
        insert = _Insert(number, name)
        insert.devices.extend(_slots(events[start:end], unicode, number, levels))
        for event in events[start:end]:
            if event.number == _ROUTING and insert.routes is None:
                insert.routes = tuple(at for at, on in enumerate(event.data) if on)
        yield insert


def _slots(
    events: Sequence[Event], unicode: bool, insert: int, levels: _Levels
) -> Iterator[Device]:
    """The plugins of an insert in order; a slot's events end with its number."""
    slot: dict[int, Event] = {}
    for event in events:
        if event.number != _SLOT:
            slot[event.number] = event
            continue
        internal = slot[INTERNAL].text(unicode).strip() if INTERNAL in slot else ""
        if internal:
            label = slot[_LABEL].text(unicode).strip() if _LABEL in slot else ""
            data = slot[DATA].data if DATA in slot else b""
            yield _levelled(device(internal, label, data), levels, insert, event.value)
        slot = {}


def _levelled(found: Device, levels: _Levels, insert: int, slot: int) -> Device:
    on = levels.get((insert, slot, _SLOT_ON), 1)
    mix = levels.get((insert, slot, _SLOT_MIX), _FULL_MIX)
    wet = None if mix == _FULL_MIX else min(max(mix / _FULL_MIX, 0.0), 1.0)
    return replace(found, enabled=bool(on), mix=wet)


def _track(insert: _Insert, used: set[int]) -> Track:
    master = insert.number == 0
    routes = (0,) if insert.routes is None else insert.routes
    outputs = [each for each in routes if each != insert.number and (each in used)]
    name = insert.name or ("Master" if master else f"Insert {insert.number}")
    return Track(
        id=mixer_target(insert.number),
        name=name,
        kind="master" if master else "group",
        output=None if master or not outputs else mixer_target(outputs[0]),
        sends=() if master else tuple(Send(mixer_target(each)) for each in outputs[1:]),
        devices=tuple(insert.devices),
        role=role_of(name),
    )
