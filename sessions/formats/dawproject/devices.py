"""The devices of a DAWproject channel, with their states out of the container."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from sessions.formats.dawproject.vocabulary import FORMATS_BY_ELEMENT
from sessions.formats.shared.container import Container
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import Source, children
from sessions.model.session import Device, DeviceState
from sessions.states.device_states import (
    StateError,
    canonical_class_id,
    opaque,
    state_of_file,
    windows_byte_order,
)
from stemwright.problems import Diagnostic, Severity

_NOTE_A4, _A4_HZ = 69.0, 440.0
_VALUED = frozenset({"RealParameter", "BoolParameter", "IntegerParameter", "EnumParameter"})
_ASIDE = frozenset({"Parameters", "Enabled", "State", "Band"})

_TEXTS: dict[str, tuple[Severity, str]] = {
    "damaged_state": ("warning", "{count} plugin states are damaged and kept as they are"),
    "opaque_state": ("note", "{count} plugin states of unknown form are kept as they are"),
}


class Devices:
    """Reads devices and keeps count of what about them is worth telling."""

    def __init__(self, source: Source, container: Container) -> None:
        self._source = source
        self._container = container
        self._tally = Tally(_TEXTS, source.name)
        self._lost: list[str] = []
        self._foreign: list[str] = []

    def read(self, channel: etree._Element | None) -> tuple[Device, ...]:
        """The channel's devices in the order of the signal."""
        if channel is None:
            return ()
        return tuple(self._device(element) for element in children(channel.find("Devices")))

    def _device(self, element: etree._Element) -> Device:
        name = element.get("deviceName") or element.get("name") or element.tag
        form = FORMATS_BY_ELEMENT.get(element.tag, "builtin")
        state = self._state(element, name)
        enabled = element.find("Enabled")
        label = element.get("name")
        return Device(
            name=name,
            vendor=element.get("deviceVendor") or "",
            format=form,
            id=self._id(element, form, state, name),
            enabled=self._source.flag(enabled, "value", True),
            state=state,
            kind="builtin" if form == "builtin" else "plugin",
            label=label if label not in ("", name) else None,
            params=tuple(self._params(element)),
        )

    def _id(self, element: etree._Element, form: str, state: DeviceState | None, name: str) -> str:
        written = element.get("deviceID") or ""
        if form != "VST3":
            return written
        try:
            stated = canonical_class_id(written)
        except StateError:
            stated = ""
        carried = None if state is None else state.class_id
        if carried and stated and carried not in (stated, _on_windows(stated)):
            self._foreign.append(f"{name} ({stated}, state of {carried})")
            return stated
        return carried or stated or written

    def _state(self, element: etree._Element, name: str) -> DeviceState | None:
        reference = element.find("State")
        path = None if reference is None else reference.get("path")
        if not path:
            return None
        member = self._container.member(path)
        if member is None:
            self._lost.append(f"{name} ({path})")
            return None
        return self._neutral(self._container.data(member))

    def _neutral(self, data: bytes) -> DeviceState:
        try:
            state = state_of_file(data)
        except StateError:
            self._tally.add("damaged_state")
            return opaque(data)
        self._tally.add("opaque_state", count=int(state.kind == "opaque"))
        return state

    def _params(self, element: etree._Element) -> Iterator[tuple[str, str | float]]:
        for parameter in children(element.find("Parameters")):
            if parameter.tag in _VALUED and parameter.get("value") is not None:
                yield self._param(parameter, parameter.get("name") or parameter.get("id") or "")
        for number, band in enumerate(element.iterfind("Band"), 1):
            yield f"Band {number} type", band.get("type") or ""
            for part in children(band):
                yield self._param(part, f"Band {number} {part.tag}")
        for child in children(element):
            if child.tag not in _ASIDE and child.get("value") is not None:
                yield self._param(child, child.tag)

    def _param(self, element: etree._Element, name: str) -> tuple[str, str | float]:
        text = element.get("value") or ""
        if text in ("true", "false"):
            return name, text
        value = self._source.number(element, "value", 0.0, infinite=True)
        if element.get("unit") == "semitones" and element.tag == "Freq":
            value = _A4_HZ * 2.0 ** ((min(value, 1000.0) - _NOTE_A4) / 12.0)
            return f"{name} (Hz)", value
        return name, value

    def diagnostics(self) -> Iterator[Diagnostic]:
        """States that are missing, damaged, of unknown form or of another plugin."""
        where = self._source.name
        if self._lost:
            message = f"no state in the file for {', '.join(self._lost)}"
            yield Diagnostic("warning", "missing_state", where, message)
        if self._foreign:
            message = f"class id and state disagree: {', '.join(self._foreign)}"
            yield Diagnostic("warning", "foreign_state", where, message)
        yield from self._tally.diagnostics()


def _on_windows(class_id: str) -> str:
    return windows_byte_order(bytes.fromhex(class_id)).hex().upper()
