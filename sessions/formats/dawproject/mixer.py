"""The tracks of a DAWproject: nesting, channels, sends, and what automation can point at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from sessions.bundle.roles import role_of
from sessions.formats.dawproject import vocabulary as tables
from sessions.formats.dawproject.devices import Devices
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import DEEPEST, Source, children
from sessions.model.session import PluginParameter, Send, Track
from stemwright.decibels import amplitude_db
from stemwright.problems import Diagnostic, Severity

MASTER = "master"
_SWITCH = "switch"
# What is not said: two channels (Channel.java: audioChannels = 2), sends behind the fader
# (Send.java: SendType.POST). Project.xsd leaves Volume, Pan, Mute, solo and Enable optional and
# names no default; without them nothing is changed: 0 dB, the middle, heard, switched on.
_MOST_CHANNELS = 128

_TEXTS: dict[str, tuple[Severity, str]] = {
    "unknown_output": ("warning", "{count} tracks lead to no known channel; sent upwards"),
    "no_output": ("note", "{count} tracks name no destination and feed their sends alone"),
    "unknown_send": ("warning", "{count} sends lead to no known channel and are left out"),
    "duplicate_id": ("warning", "{count} tracks share another one's id and got a new one"),
}


@dataclass(frozen=True)
class Parameter:
    """Something that automation moves; `unit`, `low` and `high` are the file's own."""

    track: str
    target: str
    unit: str
    low: float | None = None
    high: float | None = None
    own: PluginParameter | None = None

    def value(self, value: float, unit: str) -> float:
        """A point's value in `told_unit`."""
        if self.is_pan:
            return tables.pan(value, unit, self.low, self.high)
        return value / 100.0 if self.is_level and unit == tables.PERCENT else value

    def told_unit(self, unit: str) -> str:
        """The unit of `value`: levels are factors ("linear") or "db", pans from -1 to 1."""
        if self.is_pan:
            return "pan"
        if self.is_level:
            return "db" if unit == tables.DECIBEL else "linear"
        return "bool" if unit == _SWITCH else unit

    @property
    def is_level(self) -> bool:
        """Whether it is a fader or a send."""
        return self.target == "gain_db" or (self.target.startswith("send:") and not self.is_pan)

    @property
    def is_pan(self) -> bool:
        """Whether it is a position between left and right."""
        return self.target == "pan" or (
            self.target.startswith("send:") and self.target.endswith(":pan")
        )


def level_db(value: float, unit: str) -> float:
    """A level in decibels; linear and normalized are amplitudes."""
    if unit == tables.DECIBEL:
        return value
    return amplitude_db(value / 100.0 if unit == tables.PERCENT else value)


@dataclass(frozen=True)
class _Lane:
    """A track, or a channel without one, and where it stands."""

    id: str
    element: etree._Element
    channel: etree._Element | None
    parent: str | None
    kind: str


class Mixer:
    """The structure of a project, read in one go; raises SessionError."""

    def __init__(self, source: Source, structure: etree._Element | None, devices: Devices) -> None:
        self._source = source
        self._devices = devices
        self._tally = Tally(_TEXTS, source.name)
        self._lanes: list[_Lane] = []
        self._places: dict[str, str] = {}
        self.parameters: dict[str, Parameter] = {}
        self._masters = _masters(structure)
        for element in children(structure):
            self._collect(element, None, 0)
        channels = [lane.channel for lane in self._lanes if lane.channel is not None]
        named = {channel.get("destination") for channel in channels}
        self._stated = named & self._places.keys()
        self.tracks = [self._track(lane) for lane in self._lanes]

    def track_id(self, reference: str) -> str | None:
        """The track that an id of a track, or of its channel, means."""
        return self._places.get(reference)

    def _collect(self, element: etree._Element, parent: str | None, depth: int) -> None:
        if element.tag not in ("Track", "Channel"):
            return
        if depth > DEEPEST:
            raise self._source.fault(element, "nested_too_deep", "tracks nest too deep")
        channel = element if element.tag == "Channel" else element.find("Channel")
        kind = _kind(element, channel)
        if kind == MASTER and element not in self._masters:
            kind = "group"
        masters = any(lane.id == MASTER for lane in self._lanes)
        own = element.get("id") or f"track-{len(self._lanes) + 1}"
        id_ = MASTER if kind == MASTER and not masters else self._unused(own)
        self._lanes.append(_Lane(id_, element, channel, parent, kind))
        self._places[own] = id_
        if channel is not None and channel.get("id"):
            self._places[channel.get("id", "")] = id_
        for child in element.iterfind("Track"):
            self._collect(child, id_, depth + 1)

    def _leads_nowhere(self, channel: etree._Element) -> bool:
        """Whether a channel without a destination feeds none.

        DAWs state the master as well; a project that states none at all leaves them out. A bus
        that others feed and that has no sends is where the road ends.
        """
        fed = channel.get("id") in self._stated and channel.find("Sends/Send") is None
        return bool(self._stated) and MASTER in self._places.values() and not fed

    def _unused(self, wanted: str) -> str:
        taken = {lane.id for lane in self._lanes} | {MASTER}
        if wanted in taken:
            self._tally.add("duplicate_id")
            wanted = next(
                name for n in range(2, len(taken) + 3) if (name := f"{wanted}-{n}") not in taken
            )
        return wanted

    def _track(self, lane: _Lane) -> Track:
        channel, source = lane.channel, self._source
        name = lane.element.get("name") or (channel is not None and channel.get("name")) or lane.id
        if channel is None:
            return Track(lane.id, name, "folder", lane.parent, output=None, role=role_of(name))
        self._register(lane, channel)
        volume, position = channel.find("Volume"), channel.find("Pan")
        return Track(
            id=lane.id,
            name=name,
            kind=lane.kind,
            parent=lane.parent,
            channels=min(max(int(source.number(channel, "audioChannels", 2)), 1), _MOST_CHANNELS),
            gain_db=self._level(volume),
            pan=self._pan(position),
            muted=source.flag(channel.find("Mute"), "value", False),
            soloed=source.flag(channel, "solo", False),
            output=self._output(lane, channel),
            sends=tuple(self._sends(channel)),
            devices=self._devices.read(channel),
            role=role_of(name),
            unread=self._unread(lane, channel),
        )

    def _output(self, lane: _Lane, channel: etree._Element) -> str | None:
        if lane.kind == MASTER:
            return None
        destination = channel.get("destination")
        if destination in self._places:
            return self._places[destination]
        if self._unread(lane, channel):
            self._tally.add("unknown_output")
        elif self._leads_nowhere(channel):
            self._tally.add("no_output")
            return None
        return lane.parent or MASTER

    def _unread(self, lane: _Lane, channel: etree._Element) -> tuple[str, ...]:
        """Whether it leads to a channel that is not there."""
        destination = channel.get("destination")
        known = lane.kind == MASTER or not destination or destination in self._places
        return () if known else ("unknown_output",)

    def _sends(self, channel: etree._Element) -> Iterator[Send]:
        for element in children(channel.find("Sends")):
            target = self._places.get(element.get("destination") or "")
            if target is None:
                self._tally.add("unknown_send")
                continue
            yield Send(
                target=target,
                gain_db=self._level(element.find("Volume")),
                pre_fader=element.get("type") == tables.PRE_FADER,
                pan=self._pan(element.find("Pan")),
                muted=not self._source.flag(element.find("Enable"), "value", True),
            )

    def _level(self, element: etree._Element | None) -> float:
        if element is None:
            return 0.0
        value = self._source.number(element, "value", 1.0, infinite=True)
        return level_db(value, element.get("unit") or tables.LINEAR)

    def _pan(self, element: etree._Element | None) -> float:
        if element is None or element.get("value") is None:
            return 0.0
        value = self._source.number(element, "value")
        return tables.pan(value, element.get("unit") or tables.NORMALIZED, *self._range(element))

    def _range(self, element: etree._Element) -> tuple[float | None, float | None]:
        if element.get("min") is None or element.get("max") is None:
            return None, None
        low = self._source.number(element, "min", infinite=True)
        high = self._source.number(element, "max", infinite=True)
        return (low, high) if abs(low) < 1e12 and abs(high) < 1e12 else (None, None)

    def _register(self, lane: _Lane, channel: etree._Element) -> None:
        for tag, target in (("Volume", "gain_db"), ("Pan", "pan"), ("Mute", "mute")):
            self._add(lane.id, channel.find(tag), target)
        for send in children(channel.find("Sends")):
            to = self._places.get(send.get("destination") or "")
            self._add(lane.id, send.find("Volume"), f"send:{to}")
            self._add(lane.id, send.find("Pan"), f"send:{to}:pan")
            self._add(lane.id, send.find("Enable"), f"send_enabled:{to}")
        for index, device in enumerate(children(channel.find("Devices"))):
            for element in device.iter():
                if element is not device and isinstance(element.tag, str):
                    own = "enabled" if element.tag == "Enabled" else None
                    name = own or element.get("name") or element.get("id")
                    told = None if own else self._own(device, element)
                    self._add(lane.id, element, f"device:{index}:{name}", told)

    def _own(self, device: etree._Element, element: etree._Element) -> PluginParameter | None:
        """The parameterID: a VST2 counts its parameters, other plugins have ids of their own."""
        if element.get("parameterID") is None:
            return None
        low, high = self._range(element)
        if low is None or high is None:
            low, high = 0.0, 1.0
        number = int(self._source.number(element, "parameterID"))
        own = tables.parameter_id(number)
        if own is None:
            return None
        if device.tag == "Vst2Plugin":
            return PluginParameter(max(0, number), None, low, high, (low + high) / 2.0)
        return PluginParameter(None, str(own), low, high, (low + high) / 2.0)

    def _add(
        self,
        track: str,
        element: etree._Element | None,
        target: str,
        own: PluginParameter | None = None,
    ) -> None:
        id_ = None if element is None else element.get("id")
        if element is None or not id_:
            return
        unit = element.get("unit") or _SWITCH
        self.parameters[id_] = Parameter(track, target, unit, *self._range(element), own)

    def diagnostics(self) -> Iterator[Diagnostic]:
        """Routes that lead nowhere, and ids used twice."""
        yield from self._tally.diagnostics()


def _masters(structure: etree._Element | None) -> list[etree._Element]:
    """What is a last bus: a role of master, which Bitwig Studio gives its groups too.

    A group holds tracks and leads on; it is the master only where nothing else is.
    """
    channels = [] if structure is None else structure.iter("Channel")
    named = [channel for channel in channels if channel.get("role") == MASTER]
    above = [(channel, channel.getparent()) for channel in named]
    found = [up if up is not None and up.tag == "Track" else channel for channel, up in above]
    last = [each for each in found if not _is_group(each)]
    return last or found


def _is_group(element: etree._Element) -> bool:
    channel = element.find("Channel")
    leads_on = channel is not None and channel.get("destination") is not None
    return leads_on and element.find("Track") is not None


def _kind(element: etree._Element, channel: etree._Element | None) -> str:
    role = "" if channel is None else channel.get("role") or ""
    if role in tables.KINDS_BY_ROLE:
        return tables.KINDS_BY_ROLE[role]
    contents = (element.get("contentType") or "").split()
    if element.find("Track") is not None:
        return "group"
    kinds = tables.KINDS_BY_CONTENT.items()
    return next((kind for content, kind in kinds if content in contents), "unknown")
