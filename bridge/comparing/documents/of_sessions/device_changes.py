"""What differs between the plugins of two tracks, or of two clips."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bridge.comparing.documents.change import Change, Path
from bridge.comparing.documents.of_sessions.comparison import Comparison, ReadStates
from bridge.comparing.documents.of_sessions.fields import Field, field_changes, switch, value
from bridge.comparing.documents.pairing import Pairs, by, pairs_of
from bridge.comparing.documents.rows import moved
from bridge.comparing.documents.values_in_words import value_words
from sessions import Device, DeviceState, StateError, parse_vstpreset


def called(device: Device) -> str:
    """The user's name for it, else its own."""
    return device.label or device.name or device.id or device.format


def device_pairs(a: Sequence[Device], b: Sequence[Device]) -> Pairs[Device]:
    """Which plugin became which: the same one with the same state first, then by name and order."""

    def alike(device: Device) -> tuple[Any, ...]:
        return (*same_plugin(device), device.label, _state_print(device.state))

    def labelled(device: Device) -> tuple[Any, ...]:
        return (*same_plugin(device), device.label)

    return pairs_of(a, b, [by(alike), by(labelled), by(same_plugin)])


def same_plugin(device: Device) -> tuple[str, str]:
    """Which plugin it is: by id, else by name."""
    return device.format, device.id.casefold() or device.name.casefold()


def _state_print(state: DeviceState | None) -> tuple[Any, ...] | None:
    """What a state holds, whatever is around it: of a VST3 the plugin's own two chunks."""
    if state is None:
        return None
    if state.kind == "vst3":
        try:
            preset = parse_vstpreset(state.data)
        except StateError:
            return state.kind, state.data
        return state.kind, preset.component, preset.controller
    return state.kind, state.data


def device_changes(
    a: Sequence[Device],
    b: Sequence[Device],
    path: Path,
    who: str,
    track_of: Callable[[str], str],
    with_: Comparison,
) -> Iterator[Change]:
    """Yield plugins that came, went, moved or are set otherwise; `track_of` names A's as B's."""
    found = device_pairs(a, b)
    row = (*path, "devices")
    for place in found.gone:
        said = f'{who} plugin "{called(a[place])}" removed'
        yield Change((*row, place), "removed", a[place].as_json(), None, said)
    for member in sorted(moved([other for _, other in found.both])):
        was, now = found.both[member]
        said = f'{who} plugin "{called(b[now])}" moved from place {was + 1} to place {now + 1}'
        yield Change((*row, now), "moved", was, now, said)
    for place, device in enumerate(b):
        if place in found.new:
            said = f'{who} plugin "{called(device)}" added in place {place + 1}'
            yield Change((*row, place), "added", None, device.as_json(), said, place)
    for was, now in found.both:
        name = f'{who} plugin "{called(b[now])}"'
        yield from _settings(a[was], b[now], (*row, now), name, track_of, with_)


_FIELDS = (
    switch("enabled", "no longer bypassed", "bypassed"),
    Field("mix", lambda a, b: f"mix from {_mix(a)} to {_mix(b)}", lambda a, b: _mix(a) == _mix(b)),
    value("label", "name"),
    value("preset", "preset"),
    value("instances", "instances"),
    value("pins", "channels"),
)


def _mix(mix: float | None) -> str:
    return value_words("mix", 1.0 if mix is None else round(mix, 6))


def _settings(
    a: Device,
    b: Device,
    path: Path,
    who: str,
    track_of: Callable[[str], str],
    with_: Comparison,
) -> Iterator[Change]:
    yield from field_changes(_FIELDS, path, who, a, b, across=with_.across)
    was, now = (None if key is None else key.split(", ") for key in (a.sidechain, b.sidechain))
    if (None if was is None else [track_of(each) for each in was]) != now:
        said = f"{who} key from {_keys(was)} to {_keys(now)}"
        yield Change((*path, "sidechain"), "changed", a.sidechain, b.sidechain, said)
    before, after = dict(a.params), dict(b.params)
    names = [name for name in before if name in after] if with_.across else {**before, **after}
    for name in names:
        if before.get(name) != after.get(name):
            one, other = before.get(name), after.get(name)
            said = f'{who} "{name}" from {value_words("", one)} to {value_words("", other)}'
            yield Change((*path, "params", name), "changed", one, other, said)
    if _state_print(a.state) != _state_print(b.state):
        yield from _states(a, b, path, who, with_.read_states)


def _keys(tracks: Sequence[str] | None) -> str:
    return "none" if tracks is None else ", ".join(tracks)


def _states(
    a: Device, b: Device, path: Path, who: str, read: ReadStates | None
) -> Iterator[Change]:
    """The parameters that read otherwise; the bytes where none does, or nobody can tell."""
    told = read(a, b) if read is not None and a.state is not None and b.state is not None else None
    for name, before, after in told or ():
        said = f'{who} "{name}" from {before} to {after}'
        yield Change((*path, "state", name), "changed", before, after, said)
    if not told:
        before_json, after_json = (
            None if each.state is None else each.state.as_json() for each in (a, b)
        )
        why = ", although every parameter reads the same" if told is not None else ""
        said = f"{who} state from {_state(a.state)} to {_state(b.state)}{why}"
        yield Change((*path, "state"), "changed", before_json, after_json, said)


def _state(state: DeviceState | None) -> str:
    if state is None:
        return "none"
    told = state.as_json()
    return f"{told['bytes']} bytes (sha256 {told['sha256'][:12]})"
