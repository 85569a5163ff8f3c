"""The mixer of an FL Studio project: inserts, their slots and where they lead."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sessions.formats._flstudio_events import Event
from sessions.formats._flstudio_plugins import DATA, INTERNAL, device
from sessions.model import Device, Send, Track
from sessions.roles import role_of

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
