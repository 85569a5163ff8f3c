"""The XML of a Cubase track archive: named values, and objects that are written out once.

An object has its class where it is first met; after that its ID alone stands for it.
"""

from __future__ import annotations

import binascii
import math
import struct
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from sessions.formats.shared.pan_positions import pan_of
from sessions.model.session import Device, DeviceState
from sessions.states import device_states

_PANNER = "44E1149EDB3E4387BDD827FEA3A39EE7"
_VST2_IN_VST3 = "565354"
_FXP_SEARCHED_BYTES = 256


class Archive:
    """Finds objects by their ID."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self._members: dict[etree._Element, dict[str | None, etree._Element]] = {}
        self._defined = {
            each.get("ID", ""): each for each in root.iter("obj") if each.get("class") is not None
        }

    def whole(self, element: etree._Element | None) -> etree._Element | None:
        """The object that `element` is, or stands for."""
        if element is None or element.get("class") is not None:
            return element
        return self._defined.get(element.get("ID", ""))

    def member(self, element: etree._Element | None, name: str) -> etree._Element | None:
        """A named part of an object."""
        if element is None:
            return None
        named = self._members.get(element)
        if named is None:
            named = self._members[element] = {}
            for each in element:
                named.setdefault(each.get("name"), each)
        found = named.get(name)
        return self.whole(found) if found is not None and found.tag == "obj" else found

    def number(self, element: etree._Element | None, name: str, default: float = 0.0) -> float:
        """A named number; `default` for what is missing or is none."""
        found = self.member(element, name)
        try:
            value = default if found is None else float(found.get("value", ""))
        except ValueError:
            return default
        return value if math.isfinite(value) and abs(value) < 1e15 else default

    def text(self, element: etree._Element | None, name: str) -> str:
        """A named text; "" for what is missing."""
        found = self.member(element, name)
        return "" if found is None else found.get("value", "")

    def objects(self, element: etree._Element | None, name: str) -> Iterator[etree._Element]:
        """The objects in a named list."""
        found = self.member(element, name)
        for each in () if found is None else found.findall("obj"):
            whole = self.whole(each)
            if whole is not None:
                yield whole

    def inserts(self, strip: etree._Element | None) -> Iterator[Device]:
        """The plugins in a channel's insert slots, states included."""
        folder = self.member(strip, "InsertFolder")
        slots = self.member(folder, "Slot")
        bypassed = self.number(folder, "Bypass") != 0
        for slot in () if slots is None else slots.findall("item"):
            uid = next(slot.iterfind(".//member[@name='Plugin UID']"), None)
            if uid is not None and uid.getparent() is not None:
                yield self._device(slot, uid.getparent(), uid, bypassed)

    def _device(
        self,
        slot: etree._Element,
        plugin: etree._Element | None,
        uid: etree._Element,
        bypassed: bool,
    ) -> Device:
        name = self.text(plugin, "Plugin Name")
        off = bypassed or self.number(slot, "Bypass") != 0 or self.number(plugin, "Bypass") != 0
        component = _bytes(self.member(plugin, "audioComponent"))
        controller = _bytes(self.member(plugin, "editController"))
        try:
            class_id = device_states.canonical_class_id(self.text(uid, "GUID"))
            state = device_states.vst3(class_id, component, controller or None)
        except device_states.StateError:
            kept = device_states.opaque(component) if component else None
            return Device(name, "", "VST3", self.text(uid, "GUID"), not off, kept)
        found = Device(name, "", "VST3", class_id, not off, state if component else None)
        return _as_vst2(found, component) if class_id.startswith(_VST2_IN_VST3) else found

    def pan(self, strip: etree._Element | None) -> float:
        """The place of a channel's standard panner, whose state begins with it from 0 to 1."""
        panner = self.member(strip, "Panner")
        if self.text(self.member(panner, "Plugin UID"), "GUID") != _PANNER:
            return 0.0
        component = _bytes(self.member(panner, "audioComponent"))
        if len(component) < 4:
            return 0.0
        place = float(struct.unpack_from("<f", component)[0])
        return pan_of(place) if 0.0 <= place <= 1.0 else 0.0


def _bytes(element: etree._Element | None) -> bytes:
    text = "" if element is None or element.text is None else "".join(element.text.split())
    try:
        return binascii.unhexlify(text)
    except (binascii.Error, ValueError):
        return b""


def _as_vst2(found: Device, component: bytes) -> Device:
    """A VST2 plugin in the shell Cubase gives it: "VST", its unique id, its name's beginning."""
    at = component.find(b"CcnK", 0, _FXP_SEARCHED_BYTES)
    state: DeviceState = device_states.opaque(component)
    if at >= 0:
        try:
            state = device_states.fxp_file(component[at:])
        except device_states.StateError:
            state = device_states.opaque(component)
    unique_id = str(int(found.id[6:14], 16))
    return replace(found, format="VST2", id=unique_id, state=state if component else None)
