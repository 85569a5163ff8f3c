"""The devices of a Live track: plugins with their states, Live's own, and what racks hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from sessions.formats._ableton_document import Values
from sessions.formats._ableton_states import au_state, class_id, vst2_state, vst3_state
from sessions.model import Device, DeviceState
from sessions.plugin_state import StateError
from sessions.tally import Tally
from sessions.xml_values import DEEPEST, children
from stemwright.words import printable

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
