"""A DAW's plugins as inserts of a chain: order, bypass, wet and dry, and their states."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bridge.hosting import scan, search_folders
from bridge.plugins import Wanted, find
from bridge.storing import Store
from chains import Insert, Plugin, PluginTable
from sessions import (
    Device,
    DeviceState,
    Session,
    StateError,
    is_bank,
    is_juce,
    juce,
    parse_vstpreset,
)
from stemwright.problems import Diagnostic

_VST2_ID = re.compile(r"-?[0-9]{1,10}")
_SIDES: Mapping[str, Literal["left", "right"]] = {"left": "left", "right": "right"}
_NOT_ID = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_ID = 64
_VOWELS = "AEFILMNORSX"
_FORMATS: tuple[Literal["VST3", "VST2", "AU"], ...] = ("VST3", "VST2", "AU")
_HOSTED = {"VST3": ("vst3",), "VST2": ("fxp_chunk", "fxp_params"), "AU": ("au_plist",)}
_WAYS = {
    "AAX": "use the plugin's VST3 in the DAW, or a .vstpreset of the same setting",
    "CLAP": "use the plugin's VST3",
    "LV2": "use the plugin's VST3",
    "JS": "use one of stemwright's own processors in its place",
    "builtin": "use one of stemwright's own processors in its place: stemwright processors",
}


@dataclass(frozen=True)
class LiftedInsert:
    """An insert, the device it was, and its state as a file: a path below the chain, and bytes.

    `kept` tells that the device's state is the one the chain's insert makes by itself.
    """

    owner: str
    insert: Insert
    device: Device
    state_path: str | None = None
    state: bytes | None = None
    kept: bool = False

    @property
    def step_id(self) -> str:
        """`<group>/<insert>`."""
        return f"{self.owner}/{self.insert.id}"


def slug(text: str, taken: Iterable[str], otherwise: str = "track") -> str:
    """An id of letters, digits, _ and - made of `text` that is not in `taken`, whatever its case.

    A text that is such an id already is kept as it is.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    base = _NOT_ID.sub("-", plain).strip("-")[:_LONGEST_ID].strip("-") or otherwise
    used = {each.casefold() for each in taken}
    name, count = base, 1
    while name.casefold() in used:
        count += 1
        suffix = f"-{count}"
        name = base[: _LONGEST_ID - len(suffix)] + suffix
    return name


def table_of(device: Device) -> PluginTable | None:
    """The plugin as a chain names it: by what its file says it is, by name where it says nothing.

    Names are left out beside an id, since DAWs change them. None for what is no VST3, VST2 or AU.
    """
    if device.format == "VST3":
        return PluginTable(format="VST3", id=device.id.upper()) if device.id else _named(device)
    if device.format == "VST2":
        if not _VST2_ID.fullmatch(device.id):
            return _named(device)
        return PluginTable(format="VST2", id=f"{int(device.id) & 0xFFFFFFFF:08X}")
    if device.format == "AU":
        codes = device.id.split(" ")
        return PluginTable(format="AU", id=":".join(codes)) if len(codes) == 3 else _named(device)
    return None


def _named(device: Device) -> PluginTable | None:
    form = next((each for each in _FORMATS if each == device.format), None)
    if form is None or not device.name:
        return None
    return PluginTable(name=device.name, vendor=device.vendor or None, format=form)


def lift(
    owner: str, devices: Sequence[Device], names: Mapping[str, str]
) -> tuple[tuple[LiftedInsert, ...], tuple[Diagnostic, ...]]:
    """Lift the devices of one track; diagnostics name all that did not come, or not whole.

    `names` holds the session's tracks by id.
    """
    lifted: list[LiftedInsert] = []
    told: list[Diagnostic] = []
    for device in devices:
        table = table_of(device)
        where = f"{owner}/{device.label or device.name}"
        if table is None:
            told.append(_not_lifted(device, where))
            continue
        ids = [each.insert.id for each in lifted]
        lifted.append(
            _lifted(owner, device, table, slug(device.label or device.name, ids, "plugin"))
        )
        told += _doubts(device, where, names)
    return tuple(lifted), tuple(told)


def _lifted(owner: str, device: Device, table: PluginTable, name: str) -> LiftedInsert:
    state = hostable(device)
    path = None if state is None else state_file(owner, name, state)
    insert = Insert(
        id=name,
        settings=Plugin(plugin=table, state=path),
        mix=1.0 if device.mix is None else min(1.0, max(0.0, device.mix)),
        bypass=not device.enabled,
        on=_SIDES.get(device.pins or "", "stereo"),
    )
    return LiftedInsert(owner, insert, device, path, state)


def hostable(device: Device) -> bytes | None:
    """The device's state as a file its host can load; None when it has none of that kind.

    Plugins that keep nothing save an empty state, and refuse it back: such a one is none.
    """
    state = device.state
    if state is None or state.kind not in _HOSTED.get(device.format, ()) or is_empty(state):
        return None
    return state.data


def is_empty(state: DeviceState) -> bool:
    """Whether there is nothing in a VST3's state: no byte, or the NUL that ends no text."""
    if state.kind != "vst3":
        return False
    try:
        preset = parse_vstpreset(state.data)
    except StateError:
        return False
    return preset.component in (b"", b"\0") and not preset.controller


def state_file(owner: str, name: str, data: bytes) -> str:
    """Where a state lies beside the chain."""
    return f"states/{owner}-{name}{suffix_of(data)}"


def suffix_of(data: bytes) -> str:
    """What a state file is called, by its first bytes."""
    if data.startswith(b"VST3"):
        return ".vstpreset"
    if data.startswith(b"CcnK"):
        return ".fxb" if is_bank(data) else ".fxp"
    return ".aupreset"


def _not_lifted(device: Device, where: str) -> Diagnostic:
    article = "an" if device.format[:1] in _VOWELS else "a"
    kind = f"{article} {device.format}"
    if device.kind == "builtin":
        kind = "a built-in effect of the DAW"
    way = _WAYS.get("builtin" if device.kind == "builtin" else device.format, _WAYS["builtin"])
    message = f"{device.name} is {kind}, which is not hosted here, and was not lifted: {way}"
    return Diagnostic("warning", "not_lifted", where, message)


def _doubts(device: Device, where: str, names: Mapping[str, str]) -> list[Diagnostic]:
    told = []
    if device.state is not None and is_empty(device.state):
        message = f"{device.name} keeps nothing in its state, so it opens as it always does"
        told.append(Diagnostic("note", "empty_state", where, message))
    elif hostable(device) is None:
        held = device.state is not None
        why = "its state is cut short or of an unknown form" if held else "the session has no state"
        message = f"{device.name}: {why}, so it opens at its defaults; save a preset of it"
        told.append(Diagnostic("warning", "state_not_lifted", where, message))
    if device.pins and device.pins not in _SIDES:
        message = (
            f"{device.name} hears and feeds other channels than 1 and 2 ({device.pins}),"
            " which no insert can be: it was lifted as on stereo"
        )
        told.append(Diagnostic("warning", "pins_not_lifted", where, message))
    if device.sidechain:
        keys = ", ".join(names.get(each, each) for each in device.sidechain.split(", "))
        message = (
            f"{device.name} is keyed by {keys}, which was not lifted: "
            "name a group as the insert's key"
        )
        told.append(Diagnostic("warning", "sidechain_not_lifted", where, message))
    return told


def with_class_ids(session: Session, store: Store, plugin_folders: Sequence[Path] = ()) -> Session:
    """The session with every JUCE state hostable whose plugin is installed here, by its name.

    Such states do not say whose they are. Where no plugin, or several, have the name, the device
    stays as it is.
    """
    if not any(_is_open(device) for track in session.tracks for device in track.devices):
        return session
    known = _Known(store, plugin_folders)
    return replace(
        session,
        tracks=tuple(
            replace(track, devices=tuple(known.named(device) for device in track.devices))
            for track in session.tracks
        ),
    )


def _is_open(device: Device) -> bool:
    state = device.state
    return device.format == "VST3" and state is not None and is_juce(state.data)


class _Known:
    """This machine's plugins by name, each asked for once."""

    def __init__(self, store: Store, folders: Sequence[Path]) -> None:
        self._store = store
        self._folders = folders
        self._ids: dict[str, str | None] = {}

    def named(self, device: Device) -> Device:
        """The device with class id and state, where they can be known."""
        if not _is_open(device) or device.state is None:
            return device
        class_id = self._class_id(device.name)
        if class_id is None:
            return device
        try:
            state = juce(class_id, device.state.data)
        except StateError:
            return device
        return replace(device, id=class_id, state=state)

    def _class_id(self, name: str) -> str | None:
        if name not in self._ids:
            wanted = Wanted(name=name, format="VST3")
            cache = self._store.scan_cache
            found = find(scan([wanted], search_folders(self._folders), cache), wanted)
            ids = {each.class_id for each in found}
            self._ids[name] = ids.pop() if len(ids) == 1 else None
        return self._ids[name]
