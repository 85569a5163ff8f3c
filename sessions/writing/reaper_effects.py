"""FX chains of a REAPER project: plugins with their states in REAPER's own layout."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Callable, Sequence

from sessions.formats._reaper_state import WRITTEN_PINS, vst3_lines
from sessions.model import Device, DeviceState
from sessions.plugin_state import StateError, parse_fxp
from sessions.writing.losses import INSTANCES_LOST, PINS_LOST, Losses
from sessions.writing.reaper_text import Text, guid, quoted

_FNV_OFFSET, _FNV_PRIME = 0x811C9DC5, 0x01000193
_CHUNK, _PARAMS = 0xFEED5EEE, 0xFEED5EEF
_PARAMS_MARK = bytes.fromhex("efbeadde0df0adde")
_NO_PROGRAM = 0x100000
_BYTES_A_LINE = 96
_CODE_BYTES = 4
_VST2_ID = re.compile(r"-?[0-9]{1,10}")
_FORMATS = frozenset({"VST3", "VST2", "AU", "JS", "CLAP", "LV2"})


def reaper_id(class_id: str) -> int:
    """The number REAPER knows the VST3 `class_id` (32 hex digits) by.

    It is the FNV-1a hash, without its highest bit, of the id's bytes as Windows orders them;
    measured on every VST3 of the corpus (17 of 17). REAPER does not load a plugin under a wrong
    one.
    """
    raw = bytes.fromhex(class_id)
    value = _FNV_OFFSET
    for byte in raw[3::-1] + raw[5:3:-1] + raw[7:5:-1] + raw[8:]:
        value = (value ^ byte) * _FNV_PRIME & 0xFFFFFFFF
    return value & 0x7FFFFFFF


def carried(device: Device) -> tuple[bool, bool]:
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
            number = reaper_id(device.id)
            if state is not None and state.kind == "vst3":
                lines = vst3_lines(
                    state.data, number, program=device.preset or "", pins=device.pins
                )
        except (StateError, ValueError):
            number = 0
        self._tell_state(state, lines, where)
        words = [
            quoted(f"VST3: {_title(device)}"),
            quoted(device.file or f"{device.name}.vst3"),
            "0",
            quoted(device.label or ""),
            f"{number}{{{device.id}}}",
            '""',
        ]
        self._block("<VST " + " ".join(words), lines)

    def _vst2(self, device: Device, where: str) -> None:
        lines = _vst2_lines(device.state)
        self._tell_state(device.state, lines, where)
        number = int(device.id) if _VST2_ID.fullmatch(device.id) else 0
        name = device.name.casefold().encode("ascii", "ignore")[:9].ljust(9, b"\0")
        long_id = b"VST" + (number & 0xFFFFFFFF).to_bytes(_CODE_BYTES, "big") + name
        words = [
            quoted(f"VST: {_title(device)}"),
            quoted(device.file or f"{device.name}.dll"),
            "0",
            quoted(device.label or ""),
            f"{number}<{long_id.hex().upper()}>",
            '""',
        ]
        self._block("<VST " + " ".join(words), lines)

    def _au(self, device: Device, where: str) -> None:
        codes = [_code(part) for part in device.id.split(" ")][:3]
        words = [
            quoted(f"AU: {_title(device)}"),
            quoted(_title(device)),
            quoted(device.label or ""),
        ]
        lines = [] if device.state is None else _base64(device.state.data)
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
        title = quoted(f"{device.format}: {_title(device)}")
        words = [title, quoted(device.id), quoted(device.label or "")]
        self._text.raw(f"<{device.format} " + " ".join(words))
        if device.state is not None:
            self._block("  <STATE", [f"  {line}" for line in _base64(device.state.data)], "  >")
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


def _title(device: Device) -> str:
    return f"{device.name} ({device.vendor})" if device.vendor else device.name


def _vst2_lines(state: DeviceState | None) -> list[str]:
    """A VST2's lines: its bank or program chunk, or its parameters."""
    if state is None or state.kind not in ("fxp_chunk", "fxp_params"):
        return []
    try:
        fxp = parse_fxp(state.data)
    except StateError:
        return []
    if fxp.kind == "FxBk":
        return []
    chunk = fxp.kind != "FxCk"
    values = struct.pack(f"<{len(fxp.values)}f", *fxp.values)
    data = fxp.data if chunk else _PARAMS_MARK + values
    pins = struct.pack("<IQQ", 2, 1, 2)
    head = struct.pack("<iI", fxp.unique_id, _CHUNK if chunk else _PARAMS) + pins + pins
    head += struct.pack("<III", len(data), int(chunk), _NO_PROGRAM)
    last = b"\0" + fxp.name.encode() + b"\0\x10\0\0\0"
    return [*_base64(head), *_base64(data), *_base64(last)]


def _code(part: str) -> int:
    raw = part.encode("latin-1", "replace")
    return int.from_bytes(raw, "big") if len(raw) == _CODE_BYTES else 0


def _base64(data: bytes) -> list[str]:
    parts = [data[at : at + _BYTES_A_LINE] for at in range(0, len(data), _BYTES_A_LINE)]
    return [base64.b64encode(part).decode("ascii") for part in parts]
