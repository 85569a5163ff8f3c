"""Tracks, channels, sends and devices of a project.xml."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from sessions.formats.dawproject import vocabulary as tables
from sessions.formats.dawproject.write_xml import Ids, flag, number, sub
from sessions.formats.project_files.track_tree import MASTER, Node
from sessions.formats.shared.pan_positions import place_of
from sessions.formats.shared.remarks import INSTANCES_LOST, PINS_LOST, Losses
from sessions.model.session import Automation, Device, PluginParameter, Send, Track
from sessions.states.device_states import is_bank
from stemwright.decibels import linear

_SUFFIXES = {"vst3": "vstpreset", "au_plist": "aupreset", "clap": "clap-preset"}
_PARAMETER = "device:"
_UNITS = frozenset(
    {"normalized", "percent", "decibel", "hertz", "semitones", "seconds", "beats", "bpm"}
)
_NUMBER = re.compile(r"[0-9]{1,10}")


def carried_by_dawproject(device: Device) -> tuple[bool, bool]:
    """Whether other DAWs know such a device, and whether its state is in the project."""
    known = device.format in tables.ELEMENTS_BY_FORMAT
    return known, known and device.state is not None


class Channels:
    """Writes channels; remembers the ids that automation and routing need, and the states."""

    def __init__(self, ids: Ids, losses: Losses) -> None:
        self.ids = ids
        self.states: dict[str, bytes] = {}
        self.track_ids: dict[str, str] = {}
        self.parameters: dict[tuple[str, str], str] = {}
        self._channel_ids: dict[str, str] = {}
        self._losses = losses

    def add(self, structure: etree._Element, nodes: Sequence[Node], master: Track) -> None:
        """Write every track, nested, and the master after them."""
        tracks = [node.track for root in nodes for node in root.walk()]
        for track in (*tracks, master):
            self.track_ids[track.id] = self.ids.named(track.id)
            self._channel_ids[track.id] = self.ids.new()
        self._channel_ids.setdefault(MASTER, self._channel_ids[master.id])
        for node in nodes:
            self._track(structure, node)
        self._track(structure, Node(master, 0, ()))

    def _track(self, parent: etree._Element, node: Node) -> None:
        track = node.track
        element = sub(
            parent,
            "Track",
            contentType=tables.CONTENTS_BY_KIND.get(track.kind, "audio"),
            loaded="true",
            id=self.track_ids[track.id],
            name=track.name,
        )
        self._channel(element, track)
        for child in node.children:
            self._track(element, child)
        self._tell(track)

    def _channel(self, parent: etree._Element, track: Track) -> None:
        channel = sub(
            parent,
            "Channel",
            audioChannels=str(track.channels),
            destination=self._destination(track),
            role=tables.ROLES_BY_KIND.get(track.kind, tables.REGULAR),
            solo=flag(track.soloed),
            id=self._channel_ids[track.id],
        )
        if track.devices:
            self._devices(sub(channel, "Devices"), track)
        mute = self._parameter(track, "mute")
        sub(channel, "Mute", value=flag(track.muted), id=mute, name="Mute")
        self._pan(channel, self._parameter(track, "pan"), track.pan)
        if track.sends:
            sends = sub(channel, "Sends")
            for send in track.sends:
                self._send(sends, track, send)
        gain_db = track.gain_db + trim_shift_db(track, "gain_db")
        self._volume(channel, self._parameter(track, "gain_db"), gain_db, "Volume")

    def _destination(self, track: Track) -> str | None:
        if track.output is None or track.kind == "master":
            return None
        return self._channel_ids.get(track.output, self._channel_ids[MASTER])

    def _parameter(self, track: Track, target: str) -> str:
        self.parameters[track.id, target] = self.ids.new()
        return self.parameters[track.id, target]

    def _pan(self, parent: etree._Element, name: str, pan: float) -> None:
        value = number(place_of(pan))
        sub(
            parent,
            "Pan",
            max="1.0",
            min="0.0",
            unit=tables.NORMALIZED,
            value=value,
            id=name,
            name="Pan",
        )

    def _volume(self, parent: etree._Element, name: str, gain_db: float, label: str) -> None:
        value = number(linear(gain_db))
        sub(parent, "Volume", min="0.0", unit=tables.LINEAR, value=value, id=name, name=label)

    def _send(self, parent: etree._Element, track: Track, send: Send) -> None:
        if send.target not in self._channel_ids:
            why = "these sends lead nowhere and are left out"
            self._losses.add("send_lost", "warning", why, f"{track.name} to {send.target}")
            return
        if send.to_channels is not None:
            why = "a DAWproject has no side-chain routing: these sends to it are left out"
            self._losses.add("key_send_lost", "warning", why, f"{track.name} to {send.target}")
            return
        if send.inverted:
            why = "a DAWproject has no polarity of sends: these are heard upright"
            where = f"{track.name} to {send.target}"
            self._losses.add("send_polarity_lost", "warning", why, where)
        element = sub(
            parent,
            "Send",
            destination=self._channel_ids[send.target],
            type=tables.PRE_FADER if send.pre_fader else tables.POST_FADER,
            id=self.ids.new(),
        )
        heard = send.enabled and not send.muted
        name = self._parameter(track, f"send_enabled:{send.target}")
        sub(element, "Enable", value=flag(heard), id=name)
        panned = f"send_pan:{send.target}"
        if send.pan or any(parameter_of(line.target) == panned for line in track.automation):
            self._pan(element, self._parameter(track, panned), send.pan)
        name = self._parameter(track, f"send:{send.target}")
        self._volume(
            element, name, send.gain_db + trim_shift_db(track, f"send:{send.target}"), "Send"
        )

    def _devices(self, parent: etree._Element, track: Track) -> None:
        for index, device in enumerate(track.devices):
            self._device(parent, track, index, device)

    def _device(self, parent: etree._Element, track: Track, index: int, device: Device) -> None:
        element = sub(
            parent,
            tables.ELEMENTS_BY_FORMAT.get(
                device.format, "BuiltinDevice" if device.kind == "builtin" else "Device"
            ),
            deviceID=_device_id(device),
            deviceName=device.name,
            deviceRole="audioFX",
            deviceVendor=device.vendor or None,
            loaded="true",
            id=self.ids.new(),
            name=device.label or device.name,
        )
        self._parameters(element, track, index)
        name = self._parameter(track, f"{_PARAMETER}{index}:enabled")
        sub(element, "Enabled", value=flag(device.enabled), id=name, name="On/Off")
        if device.state is not None:
            sub(element, "State", path=self._state(device))
        self._tell_device(track, device)

    def _parameters(self, element: etree._Element, track: Track, index: int) -> None:
        """Only what is automated: the values of the others are in the state."""
        head = f"{_PARAMETER}{index}:"
        named = [
            line
            for line in track.automation
            if line.target.startswith(head) and line.target != f"{head}enabled"
        ]
        parameters = sub(element, "Parameters")
        for line in named:
            own = line.parameter
            sub(
                parameters,
                "RealParameter",
                max=None if own is None else number(own.high),
                min=None if own is None else number(own.low),
                unit=unit_of(line),
                value=number(line.points[0].value) if line.points else None,
                id=self._parameter(track, key_of(line)),
                name=line.target.removeprefix(head),
                parameterID=_parameter_id(track.devices[index], own),
            )

    def _state(self, device: Device) -> str:
        """Where the state lies; equal states of several devices lie there several times."""
        state = device.state
        assert state is not None  # noqa: S101 - narrows for the type checker
        suffix = _SUFFIXES.get(state.kind, "state")
        if state.kind in ("fxp_chunk", "fxp_params"):
            suffix = "fxb" if is_bank(state.data) else "fxp"
        name = f"plugins/{len(self.states) + 1:03d}.{suffix}"
        self.states[name] = state.data
        return name

    def _tell_device(self, track: Track, device: Device) -> None:
        where = f"{track.name}/{device.label or device.name}"
        if device.mix is not None and device.mix != 1.0:
            why = "a DAWproject has no wet/dry mix of a plugin: these sound wholly wet"
            self._losses.add("mix_lost", "warning", why, where)
        if device.instances > 1:
            self._losses.add("instances_lost", "warning", INSTANCES_LOST, where)
        if device.pins:
            self._losses.add("pins_lost", "warning", PINS_LOST, f"{where} ({device.pins})")
        if device.sidechain:
            why = "a DAWproject has no side-chain routing"
            self._losses.add("sidechain_lost", "warning", why, where)
        if device.format not in tables.ELEMENTS_BY_FORMAT:
            why = "other DAWs do not know these devices"
            self._losses.add("foreign_device", "note", why, where)

    def _tell(self, track: Track) -> None:
        if track.inverted:
            why = "a DAWproject has no polarity switch: turn these by hand"
            self._losses.add("polarity_lost", "warning", why, track.name)
        if track.width not in (None, 1.0):
            why = "a DAWproject has no panner width"
            self._losses.add("width_lost", "warning", why, track.name)
        if track.trim_db and track.devices:
            why = "a DAWproject has no trim before the plugins: it went into the fader behind them"
            self._losses.add("trim_moved", "warning", why, track.name)
        if track.trim_db and any(send.pre_fader for send in track.sends):
            why = "a DAWproject has no trim before the fader: it went into the pre-fader sends too"
            self._losses.add("trim_in_sends", "note", why, track.name)
        if track.output is None and track.kind not in ("master", "folder", "vca"):
            why = "these feed their sends alone, which a DAWproject says by naming no destination:"
            why += " make sure that the DAW does not lead them to the master"
            self._losses.add("no_destination", "warning", why, track.name)


def key_of(line: Automation) -> str:
    """What a line moves on its track: of parameters with the same name, the very one."""
    own = line.parameter
    return parameter_of(line.target) if own is None else f"{line.target}\n{own.index} {own.id}"


def trim_shift_db(track: Track, target: str) -> float:
    """The part of the track's trim, which a DAWproject has no place for, in what `target` moves."""
    pre = {f"send:{send.target}" for send in track.sends if send.pre_fader}
    return track.trim_db if target == "gain_db" or target in pre else 0.0


def unit_of(line: Automation) -> str:
    """The unit of a plugin's parameter, which are plain numbers where no other is known."""
    return line.unit if line.unit in _UNITS else tables.LINEAR


def _parameter_id(device: Device, own: PluginParameter | None) -> str | None:
    """The number that a DAWproject knows a parameter by: a VST2's index, a VST3's ParamID."""
    if own is None:
        return None
    if device.format == "VST2":
        return None if own.index is None else str(own.index)
    if own.id is None or _NUMBER.fullmatch(own.id) is None:
        return None
    written = tables.written_parameter_id(int(own.id))
    return None if written is None else str(written)


def parameter_of(target: str) -> str:
    """An automation target under the name this module keeps it: REAPER's pans of sends differ."""
    head, _, rest = target.partition(":")
    name, _, part = rest.rpartition(":")
    return f"send_pan:{name}" if head == "send" and name and part == "pan" else target


def _device_id(device: Device) -> str | None:
    """A VST3's class id in groups of 8-4-4-4-12, others as they are."""
    plain = device.id
    if device.format != "VST3" or len(plain) != 32:
        return plain or None
    return tables.dashed_class_id(plain)
