"""What an Ardour route's processors say: fader, trim, plugins, sends."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from sessions.formats.ardour.panners import panner_law
from sessions.formats.ardour.regions import Pool
from sessions.formats.ardour.values import Clock, automation_list, pan_line
from sessions.formats.shared.pan_positions import pan_of
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import child, children, flag, named, number, parsed
from sessions.model.session import Automation, Device, DeviceState, Send
from sessions.states import device_states
from sessions.states.device_states import StateError
from stemwright.decibels import amplitude_db

# What Ardour takes for what a plugin does not say (libs/ardour): it is not active (processor.cc:
# set_state; in version 2 its Redirect says it) and there once (plugin_insert.cc: set_state).
_MOST_INSTANCES = 64
_FORMATS = {
    "vst3": "VST3",
    "lv2": "LV2",
    "ladspa": "LADSPA",
    "lxvst": "VST2",
    "windows-vst": "VST2",
    "mac-vst": "VST2",
    "vst": "VST2",
    "audiounit": "AU",
    "luaproc": "Lua",
}


def is_plugin(node: etree._Element) -> bool:
    """Tell whether a processor (or, in version 2, an insert) is a plugin."""
    return node.get("type", "") in _FORMATS


def device(node: etree._Element, track: str, tally: Tally) -> Device:
    """The plugin's identity, state and parameters."""
    kind = node.get("type", "")
    unique = node.get("unique-id", "")
    name = node.get("name") or _old_name(node) or unique
    held = child(node, kind)
    try:
        state = _state(kind, unique, held)
    except (StateError, ValueError):
        tally.add("unreadable_state", f"{track}: {name}")
        state = None if held is None else device_states.opaque(_bytes(held))
    if state is None:
        tally.add("no_state", f"{track}: {name}")
    label = None if held is None else held.get("last-preset-label")
    return Device(
        name=name,
        vendor="",
        format=_FORMATS[kind],
        id=unique.upper() if kind == "vst3" else unique,
        enabled=flag(node, "active", flag(child(node, "Redirect"), "active")),
        state=state,
        preset=label or None,
        sidechain=_sidechain(node),
        instances=min(_MOST_INSTANCES, max(1, int(number(node, "count", 1.0)))),
        params=tuple(_params(node)),
    )


def _old_name(node: etree._Element) -> str:
    inner = node.find("Redirect/IO")
    return "" if inner is None else inner.get("name", "")


def _state(kind: str, unique: str, held: etree._Element | None) -> DeviceState | None:
    if held is None:
        return None
    chunk = child(held, "chunk")
    data = _decoded(chunk.text or "") if chunk is not None else b""
    if kind == "vst3":
        return device_states.vstpreset_file(data) if data else None
    if _FORMATS[kind] == "VST2":
        return _vst2(int(parsed(unique)), data, held)
    return DeviceState("lv2" if kind == "lv2" else "opaque", _bytes(held))


def _vst2(unique: int, data: bytes, held: etree._Element) -> DeviceState | None:
    if data:
        return device_states.fxp(unique, data, bank=True)
    stated = child(held, "parameters")
    if stated is None:
        return None
    names = sorted(map(str, stated.keys()), key=lambda name: parsed(name[6:]))
    values = [parsed(stated.get(name, "")) for name in names if name.startswith("param")]
    return device_states.fxp_params(unique, values) if values else None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise StateError(f"a plugin's chunk is no base64: {error}") from None


def _bytes(element: etree._Element) -> bytes:
    return etree.tostring(element, with_tail=False)


def _params(node: etree._Element) -> Iterator[tuple[str, float]]:
    """The plugin's parameters by name, in its own units."""
    for each in children(node, "Controllable"):
        if each.get("parameter") is not None and each.get("value") is not None:
            yield each.get("name", ""), number(each, "value")
    for port in node.iterfind("ladspa/port"):
        yield f"port {port.get('number', '')}", number(port, "value")


def _sidechain(node: etree._Element) -> str | None:
    """What feeds the key input, by the names of its ports."""
    ports = node.iterfind("Processor[@type='sidechain']//Connection")
    feeding = [each.get("other", "").split("/")[0] for each in ports]
    return ", ".join(dict.fromkeys(filter(None, feeding))) or None


def device_automation(node: etree._Element, index: int, clock: Clock) -> Iterator[Automation]:
    """The parameters' lines that are played, named as the parameters are."""
    names = {
        each.get("parameter", ""): each.get("name", "") for each in children(node, "Controllable")
    }
    lists = child(node, "Automation")
    for each in () if lists is None else children(lists, "AutomationList"):
        parameter = each.get("automation-id", "").removeprefix("parameter-")
        target = f"device:{index}:{names.get(parameter) or parameter}"
        line = clock.automation(each, target, "value")
        if line is not None:
            yield line


# What Ardour takes for what a processor does not say (libs/ardour): faders, trims and the main
# volume at 1, pans in the middle (parameter_descriptor.cc: normal). A send to a bus is silent
# (internal_send.cc: set_state begins with init_gain), of the role Aux (route.cc:
# set_processor_state) and pans with its route (panner_shell.cc: _panlinked, which the setting
# link-send-and-route-panner leaves on). What does not say that it is active is not (processor.cc:
# set_state). All processors in the corpus say so. Version 2 routes have an IO for a fader; those
# sends' gain and pan without a value are taken as the route's: all in the corpus have one.
OLD_PORT = re.compile(r"([^{},]+)/(?:audio_)?in \d+")
"""What a version 2 IO is connected to: "{Reverb/in 1}{Reverb/in 2}"."""


@dataclass(frozen=True)
class Context:
    """What every route is read with."""

    clock: Clock
    pool: Pool
    tally: Tally
    ids: Mapping[str, str]  # by route name
    inputs: Mapping[str, int]  # channels, by route id
    playlists: Mapping[tuple[str, str], etree._Element]  # by id, name, stream


def old_io(node: etree._Element) -> etree._Element | None:
    """The one IO of a route in version 2, which holds gain, ports and panner."""
    io = child(node, "IO")
    return io if io is not None and io.get("gain") is not None else None


@dataclass(frozen=True)
class Mixer:
    """What a route's processors say; sends with whether their panner follows the route's."""

    gain_db: float
    trim_db: float
    devices: tuple[Device, ...]
    sends: tuple[tuple[Send, bool], ...]
    automation: tuple[Automation, ...]


def mixer(node: etree._Element, name: str, channels: int, context: Context) -> Mixer:
    """Read the processors of the route called `name`, which has so many channels."""
    old = old_io(node)
    gain = number(old, "gain", 1.0) * _main_volume(node)
    trim, behind = 1.0, False
    devices: list[Device] = []
    sends: list[tuple[Send, bool]] = []
    lines: list[Automation | None] = []
    for processor in children(node, "Processor", "Insert", "Send"):
        kind = processor.get("type", "")
        if processor.tag == "Send":
            sends += _old_send(processor, name, context)
        elif kind == "amp":
            gain, behind = gain * _gain(processor), True
            fader = automation_list(processor, "gain")
            lines.append(context.clock.automation(fader, "gain_db", "linear"))
        elif kind == "trim":
            trim = _control(processor, "trimcontrol")
            trimmed = automation_list(processor, "trim")
            lines.append(context.clock.automation(trimmed, "trim_db", "linear"))
        elif kind == "intsend" and processor.get("role", "Aux") == "Aux":
            target = _target(processor, context)
            if number(named(processor, "Controllable", "polarity-invert"), "value"):
                context.tally.add("inverted_sends", name)
            outputs = context.inputs.get(target, channels)
            sends.append(_send(processor, target, behind, channels, outputs))
            lines += _send_lines(processor, sends[-1], context.clock)
        elif is_plugin(processor):
            if behind or _is_old_post(processor):
                context.tally.add("devices_after_fader", name)
            lines += device_automation(processor, len(devices), context.clock)
            devices.append(device(processor, name, context.tally))
        elif kind in ("send", "insert", "port"):
            context.tally.add("external_routing", name)
    gained = (amplitude_db(abs(gain)), amplitude_db(abs(trim)))
    return Mixer(*gained, tuple(devices), tuple(sends), tuple(filter(None, lines)))


def _control(node: etree._Element, name: str) -> float:
    return number(named(node, "Controllable", name), "value", 1.0)


def _main_volume(node: etree._Element) -> float:
    """The master's second fader: a control of the route, or of a processor of its own."""
    own = named(node, "Controllable", "mastervolume")
    inner = (each for each in children(node, "Processor") if each.get("type") == "main-volume")
    return _control(node if own is not None else next(inner, node), "mastervolume")


def _gain(amp: etree._Element | None, usual: float = 1.0) -> float:
    """A fader's gain: a control, or (sessions of 3.0.0) an attribute."""
    stated = named(amp, "Controllable", "gaincontrol")
    return number(amp, "gain", usual) if stated is None else number(stated, "value", usual)


def _send_amp(send: etree._Element) -> etree._Element:
    """What holds a send's gain: itself, or (before version 6) an amp inside."""
    inner = (each for each in children(send, "Processor") if each.get("type") == "amp")
    own = named(send, "Controllable", "gaincontrol")
    return send if own is not None else next(inner, send)


def _sent(send: etree._Element) -> etree._Element | None:
    found = automation_list(send, "send")
    return automation_list(_send_amp(send), "gain") if found is None else found


def _send_lines(
    node: etree._Element, sent: tuple[Send, bool], clock: Clock
) -> Iterator[Automation | None]:
    """The lines of a send's gain, and of its pan where that does not follow its route's."""
    send, linked = sent
    yield clock.automation(_sent(node), f"send:{send.target}", "linear")
    if not linked:
        yield pan_line(child(node, "Pannable"), f"send:{send.target}:pan", clock)


def _is_old_post(insert: etree._Element) -> bool:
    redirect = child(insert, "Redirect")
    return redirect is not None and redirect.get("placement") == "PostFader"


def _old_send(node: etree._Element, name: str, context: Context) -> list[tuple[Send, bool]]:
    """A version 2 send, which is an IO connected to a bus's inputs."""
    redirect = child(node, "Redirect")
    io = child(redirect, "IO")
    feeds = dict.fromkeys(OLD_PORT.findall("" if io is None else io.get("outputs", "")))
    targets = [context.ids[each] for each in feeds if each in context.ids]
    if not targets:
        context.tally.add("external_routing", name)
    panners = [] if io is None else io.findall("Panner/StreamPanner")
    send = Send(
        target="",
        gain_db=amplitude_db(abs(number(io, "gain", 1.0))),
        pre_fader=not _is_old_post(node),
        pan=pan_of(number(panners[0], "x", 0.5)) if len(panners) == 1 else 0.0,
        enabled=flag(redirect, "active"),
    )
    return [(replace(send, target=target), False) for target in targets]


def _target(processor: etree._Element, context: Context) -> str:
    target = processor.get("target", "")
    return target if target in context.ids.values() else context.ids.get(target, target)


def _send(
    processor: etree._Element, target: str, behind: bool, channels: int, outputs: int
) -> tuple[Send, bool]:
    shell = child(processor, "PannerShell")
    pan = named(child(processor, "Pannable"), "Controllable", "pan-azimuth")
    send = Send(
        target=target,
        gain_db=amplitude_db(abs(_gain(_send_amp(processor), usual=0.0))),
        pre_fader=not behind,
        pan=pan_of(number(pan, "value", 0.5)),
        enabled=flag(processor, "active"),
        pan_law=panner_law(shell, channels, outputs),
    )
    linked = flag(shell, "linked-to-route", True)
    return replace(send, own_pan=not linked), linked
