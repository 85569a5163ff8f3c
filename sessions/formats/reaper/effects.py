"""REAPER's FX chains as devices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sessions.formats.reaper import plugin_data as names, plugin_data as state
from sessions.formats.reaper.envelopes import parameter_automation
from sessions.formats.reaper.text import Block, Line, integer, number, word
from sessions.formats.shared.remarks import Tally
from sessions.model.session import Automation, Device, DeviceState
from sessions.states import device_states
from sessions.states.device_states import StateError

_PLUGINS = frozenset({"VST", "AU", "DX", "JS", "CLAP", "LV2", "VIDEO_EFFECT", "CONTAINER"})
_UNUSED = "-"


@dataclass(frozen=True)
class Effect:
    """A device, its parameters' envelopes, and the track channels its key inputs listen to."""

    device: Device
    automation: tuple[Automation, ...] = ()
    key_channels: frozenset[int] = frozenset()


@dataclass
class _Slot:
    """The lines that belong to one plugin: those before it (BYPASS) and after it."""

    plugin: Block
    bypass: list[str]
    after: list[Line | Block]

    def said(self, tag: str) -> list[str]:
        """The words of the line `tag` after the plugin."""
        lines = (each.words for each in self.after if isinstance(each, Line))
        return next((words for words in lines if words[:1] == [tag]), [])


def effects(
    chain: Block | None, enabled: bool, place: str, tally: Tally, first: int = 0
) -> tuple[Effect, ...]:
    """The devices of a chain in order; of one that is switched off none is enabled.

    `place` names the track in remarks; `first` numbers the first device.
    """
    if chain is None:
        return ()
    found: list[Effect] = []
    for slot in _slots(chain):
        words = slot.bypass
        on = enabled and not integer(words, 1) and not integer(words, 2)
        if slot.plugin.tag == "CONTAINER":
            tally.add("container_flattened", place)
            if number(slot.said("WET"), 1, 1.0) != 1.0:
                tally.add("container_mix", place)
            found += effects(slot.plugin, on, place, tally, first + len(found))
            continue
        if integer(slot.said("PARALLEL"), 1):
            tally.add("parallel_effects", place)
        found.append(_effect(slot, on, place, tally, first + len(found)))
    return tuple(found)


def _slots(chain: Block) -> Iterator[_Slot]:
    bypass: list[str] = []
    slot: _Slot | None = None
    for each in chain.inside:
        if isinstance(each, Line) and each.text.startswith("BYPASS"):
            if slot is not None:
                yield slot
            bypass, slot = each.words, None
        elif isinstance(each, Block) and (each.tag in _PLUGINS or (slot is None and bypass)):
            if slot is not None:
                yield slot
                bypass = []
            slot = _Slot(each, bypass, [])
        elif slot is not None:
            slot.after.append(each)
    if slot is not None:
        yield slot


def _effect(slot: _Slot, enabled: bool, place: str, tally: Tally, index: int) -> Effect:
    make = {"VST": _vst, "AU": _au, "JS": _js}.get(slot.plugin.tag, _other)
    effect = make(slot, place, tally)
    wet = slot.said("WET")
    device = replace(
        effect.device,
        enabled=enabled,
        mix=number(wet, 1, 1.0) if wet else None,
        preset=word(slot.said("PRESETNAME"), 1) or effect.device.preset,
    )
    lines = [
        parameter_automation(each, index, device.label or device.name)
        for each in slot.after
        if isinstance(each, Block) and each.tag == "PARMENV"
    ]
    return replace(effect, device=device, automation=tuple(filter(None, lines)))


def _vst(slot: _Slot, place: str, tally: Tally) -> Effect:
    words = slot.plugin.words
    prefix, name, vendor = names.titled(word(words, 1))
    unique, class_id = names.vst_ids(word(words, 5))
    is_vst3 = prefix == "VST3" or class_id is not None
    try:
        data = state.parse_vst(slot.plugin.texts())
    except StateError:
        tally.add("unreadable_state", f"{place}: {name}")
        data = None
        held = _raw(slot.plugin)
    else:
        if unique in ("", "0") and data is not None:
            unique = str(data.unique_id)
        held = _vst_state(data, class_id if is_vst3 else None, unique, f"{place}: {name}", tally)
    pins = None if data is None else state.pin_mapping(data.inputs, data.outputs)
    if pins is not None:
        tally.add("pin_mappings", f"{place}: {name} ({pins})")
    device = Device(
        name=name,
        vendor=vendor,
        format="VST3" if is_vst3 else "VST2",
        id=class_id.upper() if class_id else unique,
        state=held,
        file=word(words, 2) or None,
        label=word(words, 4) or None,
        preset=(data.program or None) if data is not None else None,
        params=(("reaper_id", unique),) if is_vst3 and unique else (),
        pins=pins,
    )
    return Effect(device, key_channels=_keys(data.inputs if data is not None else ()))


def _vst_state(
    data: state.VstData | None, class_id: str | None, unique: str, place: str, tally: Tally
) -> DeviceState | None:
    if data is None:
        tally.add("no_state", place)
        return None
    if data.missing_bytes:
        tally.add("truncated_state", place)
        return device_states.opaque(data.data) if data.data else None
    try:
        if class_id is not None:
            component, controller = state.split_vst3(data.data)
            return device_states.vst3(class_id, component, controller)
        number_ = int(unique) if unique else data.unique_id
        if data.has_chunk:
            # REAPER asks a VST2 for its bank, never for the program alone.
            return device_states.fxp(number_, data.data, bank=True, name=data.program)
        return device_states.fxp_params(number_, state.split_params(data.data), name=data.program)
    except StateError:
        tally.add("unreadable_state", place)
        return device_states.opaque(data.data)


def _keys(inputs: Sequence[int]) -> frozenset[int]:
    """The track channels above 1/2, from 0, that feed the plugin's third and further inputs."""
    listened = 0
    for mask in inputs[2:]:
        listened |= mask
    return frozenset(channel for channel in range(2, 64) if listened >> channel & 1)


def _au(slot: _Slot, place: str, tally: Tally) -> Effect:
    words = slot.plugin.words
    _, name, vendor = names.titled(word(words, 1))
    codes = [names.four_characters(integer(words, at)) for at in (4, 5, 6)]
    held = _raw(slot.plugin)
    if held is None:
        tally.add("no_state", f"{place}: {name}")
    else:
        start, end = held.data.find(b"<?xml"), held.data.rfind(b"</plist>")
        if 0 <= start < end:
            held = DeviceState("au_plist", held.data[start : end + len(b"</plist>")] + b"\n")
    device = Device(name, vendor, "AU", " ".join(codes), state=held, label=word(words, 3) or None)
    return Effect(device)


def _js(slot: _Slot, place: str, tally: Tally) -> Effect:  # noqa: ARG001 - one of four makers
    words = slot.plugin.words
    values = [value for text in slot.plugin.texts() for value in Line(text, 0).words]
    params = tuple(
        (f"slider{at}", _number_or_text(value))
        for at, value in enumerate(values[:256], start=1)
        if value != _UNUSED
    )
    extra = [
        text
        for each in slot.after
        if isinstance(each, Block) and each.tag == "JS_SER"
        for text in ("<JS_SER", *each.texts(), ">")
    ]
    written = "\n".join([*slot.plugin.texts(), *extra])
    path = word(words, 1)
    device = Device(
        name=path.rpartition("/")[2] or path,
        vendor="",
        format="JS",
        id=path,
        state=DeviceState("js", written.encode()),
        label=word(words, 2) or None,
        params=params,
    )
    return Effect(device)


def _number_or_text(value: str) -> str | float:
    try:
        return float(value)
    except ValueError:
        return value


def _other(slot: _Slot, place: str, tally: Tally) -> Effect:
    """CLAP, LV2, DX, video: the data as it stands."""
    words = slot.plugin.words
    _, name, vendor = names.titled(word(words, 1))
    held = _raw(slot.plugin)
    if slot.plugin.tag not in _PLUGINS:
        tally.add("unknown_effects", f"{place}: {name or slot.plugin.tag}")
    if held is None:
        tally.add("no_state", f"{place}: {name}")
    elif slot.plugin.tag in ("CLAP", "LV2"):
        held = replace(held, kind=slot.plugin.tag.lower())
    label = word(words, 3) or None
    return Effect(Device(name, vendor, slot.plugin.tag, word(words, 2), state=held, label=label))


def _raw(plugin: Block) -> DeviceState | None:
    """The block's data: its base64 decoded, or its text where it is none; opaque."""
    inner = plugin.block("STATE") or plugin.block("DATA") or plugin
    try:
        data = b"".join(map(state.decoded, inner.texts()))
    except StateError:
        data = "\n".join(inner.texts()).encode()
    return device_states.opaque(data) if data else None
