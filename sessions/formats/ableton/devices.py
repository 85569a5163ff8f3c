"""The devices of a Live track: plugins with their states, Live's own, and what racks hold."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from sessions.formats.ableton.document import Values
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import DEEPEST, children
from sessions.model.session import Device, DeviceState
from sessions.states.device_states import StateError, fxp, fxp_params, opaque, vst3
from stemwright.words import printable

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


_NAMES = {
    "AutoFilter": "Auto Filter",
    "AutoPan": "Auto Pan",
    "AudioEffectGroupDevice": "Audio Effect Rack",
    "Compressor2": "Compressor",
    "CrossDelay": "Simple Delay",
    "DrumGroupDevice": "Drum Rack",
    "Eq8": "EQ Eight",
    "FilterEQ3": "EQ Three",
    "GlueCompressor": "Glue Compressor",
    "InstrumentGroupDevice": "Instrument Rack",
    "MidiEffectGroupDevice": "MIDI Effect Rack",
    "MultibandDynamics": "Multiband Dynamics",
    "MultiSampler": "Sampler",
    "MxDeviceAudioEffect": "Max for Live",
    "OriginalSimpler": "Simpler",
    "StereoGain": "Utility",
    "UltraAnalog": "Analog",
}
_ASIDE = frozenset({"On", "SideChain"})


@dataclass(frozen=True)
class Placed:
    """A device, and the element it came from, for automation."""

    device: Device
    element: etree._Element


class Devices:
    """Reads chains of devices; remarks go to `tally`, faults are SessionErrors."""

    def __init__(self, values: Values, tally: Tally) -> None:
        self._values = values
        self._tally = tally

    def read(self, chain: etree._Element | None, track: str) -> list[Placed]:
        """The devices of a track's chain in the order of the signal, racks opened up."""
        return list(self._chain(chain, track, "", enabled=True, depth=0))

    def _chain(
        self, chain: etree._Element | None, track: str, rack: str, *, enabled: bool, depth: int
    ) -> Iterator[Placed]:
        for element in children(chain):
            if depth > DEEPEST:
                raise self._values.fault(element, "nested_too_deep", "racks nest too deep")
            on = enabled and self._values.switched(element.find("On"), True)
            yield Placed(self._device(element, track, rack, enabled=on), element)
            branches = [*children(element.find("Branches"))]
            if len(branches) > 1:
                self._tally.add("parallel_rack", track)
            for branch in branches:
                place = f"{rack}{self._label(element) or element.tag}/{self._chain_name(branch)}/"
                for inner in branch.iterfind("DeviceChain/*/Devices"):
                    yield from self._chain(inner, track, place, enabled=on, depth=depth + 1)

    def _chain_name(self, branch: etree._Element) -> str:
        values = self._values
        return values.text(branch, "Name/EffectiveName") or values.text(branch, "Name/UserName")

    def _label(self, element: etree._Element) -> str:
        return self._values.text(element, "UserName")

    def _device(self, element: etree._Element, track: str, rack: str, *, enabled: bool) -> Device:
        placed: tuple[tuple[str, str | float], ...] = (("rack", rack.rstrip("/")),) if rack else ()
        label = self._label(element) or None
        info = next(children(element.find("PluginDesc")), None)
        reader = _PLUGINS.get("" if info is None else str(info.tag))
        if info is None or reader is None:
            name = _NAMES.get(str(element.tag), str(element.tag))
            params = (*placed, *self._own_params(element))
            return Device(
                name, "Ableton", "builtin", str(element.tag), enabled, None, "builtin",
                label=label, sidechain=self._sidechain(element), params=params,
            )  # fmt: skip
        name, form, id_, file = reader(self._values, info)
        return Device(
            name=name or label or form,
            vendor=self._vendor(element, info),
            format=form,
            id=id_,
            enabled=enabled,
            state=self._state(form, info, f"{track}: {name}"),
            file=file,
            preset=self._preset(info),
            label=label if label != name else None,
            sidechain=self._sidechain(element),
            params=(*placed, *self._params(element)),
        )

    def _state(self, form: str, info: etree._Element, place: str) -> DeviceState | None:
        try:
            if form == "VST3":
                state = vst3_state(self._values, info)
            elif form == "VST2":
                state = vst2_state(self._values, info)
            else:
                state = au_state(info)
        except StateError:
            self._tally.add("damaged_state", place)
            return None
        if state is None:
            self._tally.add("missing_state", place)
        return state

    def _preset(self, info: etree._Element) -> str | None:
        preset = next(children(info.find("Preset")), None)
        return None if preset is None else self._values.text(preset, "Name") or None

    def _vendor(self, element: etree._Element, info: etree._Element) -> str:
        """The maker, from the plugin itself (AU) or from where Live's browser shows it."""
        stated = self._values.text(info, "Manufacturer")
        source = element.find("SourceContext/Value/BranchSourceContext")
        shown = "" if source is None else self._values.text(source, "BrowserContentPath")
        browser, _, place = shown.partition("#")
        parts = [unquote(part) for part in place.split(":")]
        if stated or len(parts) < 2:
            return stated
        if browser.startswith("view:"):
            return parts[0]
        # Below VST3 and Audio Units the browser lists makers, below VST the folders of the disk.
        return parts[1] if len(parts) > 2 and parts[0] != "VST" else ""

    def _sidechain(self, element: etree._Element) -> str | None:
        routed = element.find("SideChain/RoutedInput/Routable")
        if routed is None or not self._values.switched(element.find("SideChain/OnOff"), True):
            return None
        target = self._values.text(routed, "Target")
        if target in ("", "AudioIn/None"):
            return None
        shown = self._values.text(routed, "UpperDisplayString")
        return printable(shown or target)

    def _params(self, element: etree._Element) -> Iterator[tuple[str, str | float]]:
        for parameter in children(element.find("ParameterList")):
            name = self._values.text(parameter, "ParameterName")
            value = parameter.find("ParameterValue")
            if name and value is not None:
                yield name, self._values.manual(value, 0.0, infinite=True)

    def _own_params(self, element: etree._Element) -> Iterator[tuple[str, str | float]]:
        for child in children(element):
            manual = None if child.tag in _ASIDE else child.find("Manual")
            if manual is not None:
                text = manual.get("Value", "")
                plain = text in ("true", "false", "")
                yield (
                    str(child.tag),
                    text if plain else self._values.number(manual, "Value", infinite=True),
                )


def _vst3(values: Values, info: etree._Element) -> tuple[str, str, str, str | None]:
    return values.text(info, "Name"), "VST3", class_id(values, info), None


def _vst2(values: Values, info: etree._Element) -> tuple[str, str, str, str | None]:
    unique_id = str(int(values.at(info, "UniqueId", 0)))
    return values.text(info, "PlugName"), "VST2", unique_id, values.text(info, "Path") or None


def _au(values: Values, info: etree._Element) -> tuple[str, str, str, str | None]:
    parts = ("ComponentType", "ComponentSubType", "ComponentManufacturer")
    codes = [int(values.at(info, part, 0)) & 0xFFFFFFFF for part in parts]
    id_ = " ".join(code.to_bytes(4, "big").decode("mac-roman") for code in codes)
    return values.text(info, "Name"), "AU", printable(id_), None


_PLUGINS = {"Vst3PluginInfo": _vst3, "VstPluginInfo": _vst2, "AuPluginInfo": _au}
