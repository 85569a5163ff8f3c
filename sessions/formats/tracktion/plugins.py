"""Tracktion's plugins as devices, and what its own ones mean to the mixer.

External plugins keep what a JUCE host saves, in JUCE's base64. It does not hold a VST3's class id:
where the state shows that the plugin follows Steinberg's rule for VST2 successors ("VST", the four
characters of its unique id, nine of its name), that is its id; else the state is carried opaque.
"""

from __future__ import annotations

import math
import re

from lxml import etree

from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import attributes, number, parsed
from sessions.model.session import Device, DeviceState
from sessions.states import device_states
from sessions.states.device_states import JuceState, StateError

_SILENT_DB = -100.0
_HIDDEN = frozenset({"id", "type", "enabled", "name", "windowX", "windowY", "windowLocked"})
_AU = re.compile(r"AudioUnit:[^/:]*/(.{4}),(.{4}),(.{4})")
_WRAPPED, _BANK_ID_AT = b"VstW", 16
_MIXER = frozenset({"volume", "level", "auxsend", "auxreturn", "vca", "text"})


def fader_db(position: float) -> float:
    """A fader position in dB, as the engine converts it; nothing at the bottom is -inf."""
    if position <= 0:
        return -math.inf
    gain_db = 20.0 * math.log(position) + 6.0
    return gain_db if gain_db > _SILENT_DB else -math.inf


UNITY = math.exp(-6.0 / 20.0)
"""The fader position of 0 dB."""


def is_device(node: etree._Element, fader: etree._Element | None) -> bool:
    """Tell whether a PLUGIN is an effect; a volume that is not the fader is one."""
    kind = node.get("type", "")
    return kind not in _MIXER or (kind == "volume" and node is not fader)


def device(node: etree._Element, track: str, tally: Tally) -> Device:
    """A PLUGIN's identity, state, and, when it is Tracktion's own, its settings."""
    kind, enabled = node.get("type", ""), node.get("enabled", "1") not in ("0", "false")
    if kind != "vst":
        settings = ((key, _value(value)) for key, value in attributes(node) if key not in _HIDDEN)
        return Device(
            kind, "Tracktion", "builtin", kind, enabled, kind="builtin", params=tuple(settings)
        )
    name = node.get("name", "")
    place = f"{track}: {name}"
    raw = _raw(node, place, tally)
    form, own, state = _external(node, name, raw)
    if state is None:
        tally.add("no_state", place)
    elif state.kind == "opaque":
        tally.add("opaque_state", place)
    return Device(
        name,
        node.get("manufacturer", ""),
        form,
        own,
        enabled,
        state,
        file=node.get("filename") or None,
        preset=node.get("programName") or None,
    )


def _value(text: str) -> str | float:
    return parsed(text, math.nan) if not math.isnan(parsed(text, math.nan)) else text


def _raw(node: etree._Element, place: str, tally: Tally) -> bytes:
    text = node.get("state", "")
    if not text:
        return b""
    try:
        return device_states.from_juce_base64(text.encode("ascii", "replace"))
    except StateError:
        tally.add("unreadable_state", place)
        return text.encode()


def _external(node: etree._Element, name: str, raw: bytes) -> tuple[str, str, DeviceState | None]:
    """Format, id and state of an external plugin."""
    file = node.get("filename", "")
    uid = node.get("uniqueId", "") or node.get("uid", "")
    held = device_states.opaque(raw) if raw else None
    unit = _AU.search(file)
    if unit is not None:
        return "AU", " ".join(unit.groups()), held
    try:
        if raw.startswith(b"CcnK"):
            return "VST2", str(device_states.parse_fxp(raw).unique_id), device_states.fxp_file(raw)
        juce = device_states.parse_juce(raw)
    except StateError:
        form = "VST3" if file.lower().endswith(".vst3") else "VST2"
        return form, uid if form == "VST3" else _decimal(uid), held
    class_id = _successor_id(juce, name)
    if class_id is None:
        return "VST3", f"juce {uid}", held
    return "VST3", class_id, device_states.vst3(class_id, *juce)


def _decimal(uid: str) -> str:
    try:
        return str(int(uid, 16))
    except ValueError:
        return uid


def _successor_id(state: JuceState, name: str) -> str | None:
    """The class id of a VST3 whose component state wraps a VST2's bank."""
    component = state.component
    at = component.find(b"CcnK", 0, 64)
    if not component.startswith(_WRAPPED) or at < 0:
        return None
    four = component[at + _BANK_ID_AT : at + _BANK_ID_AT + 4]
    tail = name.lower().encode("ascii", "replace")[:9].ljust(9, b"\0")
    return (b"VST" + four + tail).hex().upper() if len(four) == 4 else None


def send_gain_db(node: etree._Element) -> float:
    """An aux send's gain."""
    return fader_db(number(node, "auxSendSliderPos", UNITY))
