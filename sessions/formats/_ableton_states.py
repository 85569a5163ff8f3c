"""Plugin states of a Live set, which writes their bytes as hex with white space."""

from __future__ import annotations

import struct

from lxml import etree

from sessions.formats._ableton_document import Values
from sessions.model import DeviceState
from sessions.plugin_state import StateError, fxp, fxp_params, opaque, vst3

_FXCK, _FXBK, _FPCH, _FBCH = 0x4678436B, 0x4678426B, 0x46504368, 0x46424368


def class_id(values: Values, info: etree._Element) -> str:
    """A VST3's class id: four signed 32-bit numbers, each as eight hex digits."""
    uid = info.find("Uid")
    if uid is None:
        uid = info.find("Preset/Vst3Preset/Uid")
    if uid is None:
        return ""
    fields = [int(values.at(uid, f"Fields.{n}", 0)) & 0xFFFFFFFF for n in range(4)]
    return "".join(f"{field:08X}" for field in fields)


def vst3_state(values: Values, info: etree._Element) -> DeviceState | None:
    """The state as a .vstpreset, opaque without a class id; None when the set holds none.

    Raises StateError for what is no hex.
    """
    component = _bytes(info, "Preset/Vst3Preset/ProcessorState")
    controller = _bytes(info, "Preset/Vst3Preset/ControllerState")
    if not component and not controller:
        return None
    id_ = class_id(values, info)
    return vst3(id_, component or b"", controller) if id_ else opaque(component or b"")


def vst2_state(values: Values, info: etree._Element) -> DeviceState | None:
    """The state as an .fxp or .fxb; None when the set holds none.

    Raises StateError for what is no hex.
    """
    preset = info.find("Preset/VstPreset")
    data = None if preset is None else _bytes(preset, "Buffer")
    if preset is None or not data:
        return None
    unique_id = int(values.at(preset, "UniqueId", values.at(info, "UniqueId", 0)))
    version = int(values.at(preset, "PluginVersion", 1)) & 0x7FFFFFFF
    name, kind = values.text(preset, "Name"), int(values.at(preset, "Type", 0))
    if kind in (_FBCH, _FPCH):
        bank = kind == _FBCH
        counted = "ProgramCount" if bank else "ParameterCount"
        count = int(values.at(preset, counted, 1)) & 0x7FFFFFFF
        return fxp(unique_id, data, bank=bank, name=name, plugin_version=version, count=count)
    stated = 4 * int(values.at(preset, "ParameterCount", 0))
    plain = kind in (_FXCK, _FXBK) and len(data) == stated
    numbers = _parameters(data) if plain else None
    if numbers is None:
        return opaque(data)
    return fxp_params(unique_id, numbers, name=name, plugin_version=version)


def au_state(info: etree._Element) -> DeviceState | None:
    """An Audio Unit's property list; None when the set holds none.

    Raises StateError for what is no hex.
    """
    data = _bytes(info, "Preset/AuPreset/Buffer")
    return DeviceState("au_plist", data) if data else None


def _bytes(element: etree._Element, path: str) -> bytes | None:
    found = element.find(path)
    if found is None:
        return None
    try:
        return bytes.fromhex("".join((found.text or "").split()))
    except ValueError as error:
        raise StateError(f"the {found.tag} is no hex") from error


def _parameters(data: bytes) -> tuple[float, ...] | None:
    """Floats in the byte order in which all are from 0 to 1; None when they are in neither."""
    for order in "<>":
        numbers = struct.unpack(f"{order}{len(data) // 4}f", data)
        if all(0.0 <= number <= 1.0 for number in numbers):
            return numbers
    return None
