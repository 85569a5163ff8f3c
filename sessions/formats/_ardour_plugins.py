"""Ardour's plugin processors as devices.

A VST3's <chunk> is a complete .vstpreset. A VST2's is its bank chunk, or its parameters. LV2 and
LADSPA keep their ports: their element is carried as it stands.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from lxml import etree

from sessions import plugin_state
from sessions.formats._ardour_xml import Clock
from sessions.model import Automation, Device, DeviceState
from sessions.plugin_state import StateError
from sessions.tally import Tally
from sessions.xml_values import child, children, flag, number, parsed

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
        state = None if held is None else plugin_state.opaque(_bytes(held))
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
        return plugin_state.vstpreset_file(data) if data else None
    if _FORMATS[kind] == "VST2":
        return _vst2(int(parsed(unique)), data, held)
    return DeviceState("lv2" if kind == "lv2" else "opaque", _bytes(held))


def _vst2(unique: int, data: bytes, held: etree._Element) -> DeviceState | None:
    if data:
        return plugin_state.fxp(unique, data, bank=True)
    stated = child(held, "parameters")
    if stated is None:
        return None
    names = sorted(map(str, stated.keys()), key=lambda name: parsed(name[6:]))
    values = [parsed(stated.get(name, "")) for name in names if name.startswith("param")]
    return plugin_state.fxp_params(unique, values) if values else None


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
