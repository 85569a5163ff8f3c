"""FX chains of a REAPER project: plugins with their states in REAPER's own layout."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sessions.formats.reaper import plugin_data as names
from sessions.formats.reaper.plugin_data import WRITTEN_PINS, encoded, vst2_lines, vst3_lines
from sessions.formats.reaper.text import Text, guid, quoted
from sessions.formats.shared.remarks import INSTANCES_LOST, PINS_LOST, Losses
from sessions.model.session import Device, DeviceState
from sessions.states.device_states import StateError

_VST2_ID = re.compile(r"-?[0-9]{1,10}")
_FORMATS = frozenset({"VST3", "VST2", "AU", "JS", "CLAP", "LV2"})


def carried_by_rpp(device: Device) -> tuple[bool, bool]:
    """Whether REAPER knows such a device, and whether its state finds a place there."""
    known, state = device.format in _FORMATS, device.state
    if state is None or not known:
        return known, False
    if device.format == "VST3":
        return True, state.kind == "vst3"
    return True, device.format != "VST2" or bool(_vst2_lines(state))


class Effects:
    """Writes chains and tells what of them REAPER cannot hold."""

    def __init__(self, text: Text, losses: Losses) -> None:
        self._text = text
        self._losses = losses
        self._makers: dict[str, Callable[[Device, str], None]] = {
            "VST3": self._vst3,
            "VST2": self._vst2,
            "AU": self._au,
            "JS": self._js,
            "CLAP": self._open,
            "LV2": self._open,
        }

    def chain(
        self, tag: str, owner: str, devices: Sequence[Device], automated: Callable[[int], None]
    ) -> None:
        """Write the chain of `owner`; `automated` writes the envelopes of the device it is told."""
        if not devices:
            return
        with self._text.block(tag):
            self._text.line("SHOW", 0)
            self._text.line("LASTSEL", 0)
            self._text.line("DOCKED", 0)
            for index, device in enumerate(devices):
                self._device(owner, index, device, automated)

    def _device(
        self, owner: str, index: int, device: Device, automated: Callable[[int], None]
    ) -> None:
        where = f"{owner}/{device.label or device.name}"
        maker = self._makers.get(device.format)
        if maker is None:
            why = "REAPER does not know these devices: they are left out"
            self._losses.add("device_lost", "warning", why, where)
            return
        self._text.line("BYPASS", not device.enabled, 0, 0)
        maker(device, where)
        if device.preset:
            self._text.line("PRESETNAME", device.preset)
        self._text.line("FLOATPOS", 0, 0, 0, 0)
        self._text.line("FXID", guid("fx", owner, index))
        if device.mix is not None:
            self._text.line("WET", device.mix, 0)
        automated(index)
        self._text.line("WAK", 0, 0)
        if device.instances > 1:
            self._losses.add("instances_lost", "warning", INSTANCES_LOST, where)
        if device.pins and not (device.format == "VST3" and device.pins in WRITTEN_PINS):
            self._losses.add("pins_lost", "warning", PINS_LOST, f"{where} ({device.pins})")
        if device.sidechain:
            why = "their key inputs are not connected: connect their pins 3 and 4 by hand"
            self._losses.add("sidechain_lost", "warning", why, where)

    def _vst3(self, device: Device, where: str) -> None:
        state = device.state
        lines: list[str] = []
        try:
            number = names.reaper_id(device.id)
            if state is not None and state.kind == "vst3":
                lines = vst3_lines(
                    state.data, number, program=device.preset or "", pins=device.pins
                )
        except (StateError, ValueError):
            number = 0
        self._tell_state(state, lines, where)
        words = [
            quoted(f"VST3: {names.title(device.name, device.vendor)}"),
            quoted(device.file or f"{device.name}.vst3"),
            "0",
            quoted(device.label or ""),
            names.vst3_id(number, device.id),
            '""',
        ]
        self._block("<VST " + " ".join(words), lines)

    def _vst2(self, device: Device, where: str) -> None:
        lines = _vst2_lines(device.state)
        self._tell_state(device.state, lines, where)
        number = int(device.id) if _VST2_ID.fullmatch(device.id) else 0
        words = [
            quoted(f"VST: {names.title(device.name, device.vendor)}"),
            quoted(device.file or f"{device.name}.dll"),
            "0",
            quoted(device.label or ""),
            names.vst2_id(number, device.name),
            '""',
        ]
        self._block("<VST " + " ".join(words), lines)

    def _au(self, device: Device, where: str) -> None:
        codes = [names.four_character_code(part) for part in device.id.split(" ")][:3]
        words = [
            quoted(f"AU: {names.title(device.name, device.vendor)}"),
            quoted(names.title(device.name, device.vendor)),
            quoted(device.label or ""),
        ]
        lines = [] if device.state is None else encoded(device.state.data)
        self._block("<AU " + " ".join([*words, *map(str, codes)]), lines)
        why = "no REAPER for macOS was at hand to try these states"
        self._losses.add("untried_state", "note", why, where)

    def _js(self, device: Device, where: str) -> None:
        held = b"" if device.state is None else device.state.data
        values, mark, extra = held.decode("utf-8", "replace").partition("<JS_SER")
        self._block(f"<JS {quoted(device.id)} {quoted(device.label or '')}", values.split("\n"))
        if mark:
            inner = [line for line in extra.split("\n") if line.strip() not in ("", ">")]
            self._block("<JS_SER", inner)
        self._tell_state(device.state, ["js"], where)

    def _open(self, device: Device, where: str) -> None:
        title = quoted(f"{device.format}: {names.title(device.name, device.vendor)}")
        words = [title, quoted(device.id), quoted(device.label or "")]
        self._text.raw(f"<{device.format} " + " ".join(words))
        if device.state is not None:
            self._block("  <STATE", [f"  {line}" for line in encoded(device.state.data)], "  >")
        self._text.raw(">")
        self._tell_state(device.state, ["state"], where)

    def _block(self, head: str, lines: Sequence[str], end: str = ">") -> None:
        self._text.raw(head)
        for line in lines:
            if line.strip():
                self._text.raw(f"  {line}")
        self._text.raw(end)

    def _tell_state(self, state: DeviceState | None, lines: Sequence[str], where: str) -> None:
        if state is not None and not lines:
            why = "their states have no place in a REAPER project: the plugins open at rest"
            self._losses.add("state_lost", "warning", why, where)


def _vst2_lines(state: DeviceState | None) -> list[str]:
    """A VST2's lines: its bank or program chunk, or its parameters."""
    if state is None or state.kind not in ("fxp_chunk", "fxp_params"):
        return []
    try:
        return vst2_lines(state.data)
    except StateError:
        return []
