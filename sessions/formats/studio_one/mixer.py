"""The mixer of a Studio One song: channels, routes, sends, inserts with their presets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from sessions.formats.shared.container import Container
from sessions.formats.shared.pan_positions import pan_of
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import Source, attribute
from sessions.formats.studio_one.elements import part, slots
from sessions.model.session import Device, DeviceState, Send
from sessions.states.device_states import StateError, canonical_class_id, opaque, state_of_file
from stemwright.decibels import amplitude_db

MASTER = "master"
_KINDS = {
    "AudioTrackChannel": "audio",
    "AudioSynthChannel": "midi",
    "AudioGroupChannel": "group",
    "AudioEffectChannel": "return",
    "AudioVCAChannel": "vca",
    "AudioOutputChannel": MASTER,
}
_BY_STATE = {"vst3": "VST3", "fxp_chunk": "VST2", "fxp_params": "VST2", "au_plist": "AU"}
_NATIVE = ("dsppreset", "fxpreset", "preset")


@dataclass(frozen=True)
class Channel:
    """A channel as the mixer holds it; `uid` is what routes and tracks refer to."""

    uid: str
    id: str
    kind: str
    name: str
    element: etree._Element


class Mixer:
    """Reads channels; remarks go to `tally`, faults are SessionErrors."""

    def __init__(
        self, source: Source, container: Container, mixer: etree._Element | None, tally: Tally
    ) -> None:
        self._source = source
        self._container = container
        self._tally = tally
        self.channels = list(self._channels(mixer))
        self._ids = {channel.uid: channel.id for channel in self.channels}

    def channel(self, uid: str) -> Channel | None:
        """The channel that a track refers to."""
        return next((each for each in self.channels if each.uid == uid), None)

    def _channels(self, mixer: etree._Element | None) -> Iterator[Channel]:
        taken: set[str] = set()
        found = [] if mixer is None else [each for each in mixer.iter() if each.tag in _KINDS]
        for element in found:
            kind = _KINDS[str(element.tag)]
            name = element.get("label") or element.get("name") or str(element.tag)
            uid = attribute(part(element, "uniqueID"), "uid")
            if kind == MASTER and MASTER in taken:
                kind = "group"
            id_ = MASTER if kind == MASTER else uid or name
            while id_ in taken:
                id_ += "+"
            taken.add(id_)
            yield Channel(uid or id_, id_, kind, name, element)

    def gain_db(self, channel: Channel) -> float:
        """Where the fader stands."""
        return amplitude_db(self._source.number(channel.element, "gain", 1.0))

    def pan(self, element: etree._Element) -> float:
        """Position: written from 0 to 1."""
        return max(-1.0, min(1.0, pan_of(self._source.number(element, "pan", 0.5))))

    def flag(self, element: etree._Element, name: str) -> bool:
        """A switch, which is off when it is not written."""
        return self._source.flag(element, name, False)

    def channels_of(self, channel: Channel) -> int:
        """1 for mono channels, else 2."""
        return 1 if attribute(part(channel.element, "speakerType"), "type") == "Mono" else 2

    def output(self, channel: Channel) -> str | None:
        """The channel that this one feeds, None for the last."""
        if channel.kind == MASTER:
            return None
        if self.is_cut_off(channel):
            self._tally.add("unknown_output", channel.name)
        return self._target(channel.element) or MASTER

    def is_cut_off(self, channel: Channel) -> bool:
        """Whether it leads to a channel that is not there."""
        if channel.kind == MASTER or part(channel.element, "destination") is None:
            return False
        return self._target(channel.element) is None

    def _target(self, element: etree._Element) -> str | None:
        connection = attribute(part(element, "destination"), "objectID")
        return self._ids.get(connection.split("/")[0])

    def sends(self, channel: Channel) -> Iterator[Send]:
        """The sends that lead to a channel of the mixer."""
        for slot in slots(part(channel.element, "Sends")):
            target = self._target(slot)
            if target is None:
                self._tally.add("unknown_send", channel.name)
                continue
            yield Send(
                target,
                amplitude_db(self._source.number(slot, "level", 1.0)),
                self.flag(slot, "prefader"),
                pan=self.pan(slot),
                enabled=not self.flag(slot, "bypass"),
            )

    def devices(self, channel: Channel) -> Iterator[Device]:
        """The inserts before the fader, then those after it (with the parameter `post_fader`)."""
        for rack, post in (("Inserts", False), ("PostFaderInserts", True)):
            for slot in slots(part(channel.element, rack)):
                device = self._device(slot, channel, post=post)
                if device is not None:
                    yield device

    def _device(self, slot: etree._Element, channel: Channel, *, post: bool) -> Device | None:
        data, ghost = part(slot, "deviceData"), part(slot, "ghostData")
        if data is None and ghost is None and part(slot, "presetPath") is None:
            return None
        about = part(ghost, "classInfo")
        name = attribute(data, "name") or attribute(about, "name") or attribute(slot, "name")
        path = attribute(part(slot, "presetPath"), "text")
        state = self._state(path, f"{channel.name}: {name}")
        written = attribute(about, "classID") or attribute(part(slot, "deviceClassID"), "uid")
        form = self._format(state, path, attribute(about, "subCategory"))
        if form == "builtin":
            state = None if state is None else opaque(state.data)
        return Device(
            name=name,
            vendor=attribute(about, "vendor") or ("PreSonus" if form == "builtin" else ""),
            format=form,
            id=self._id(form, state, written),
            enabled=not self.flag(slot, "bypass"),
            state=state,
            kind="builtin" if form == "builtin" else "plugin",
            preset=attribute(part(slot, "Presets"), "pname") or None,
            params=(("post_fader", "true"),) if post else (),
        )

    def _format(self, state: DeviceState | None, path: str, category: str) -> str:
        if state is not None and state.kind in _BY_STATE:
            return _BY_STATE[state.kind]
        if path.rpartition(".")[2] in _NATIVE or category.startswith("(Native)"):
            return "builtin"
        stated = category.partition(")")[0].lstrip("(").upper()
        return {"VST3": "VST3", "VST2": "VST2", "VST": "VST2", "AU": "AU"}.get(stated, "builtin")

    def _id(self, form: str, state: DeviceState | None, written: str) -> str:
        if form != "VST3":
            return written.strip("{}")
        if state is not None and state.class_id:
            return state.class_id
        try:
            return canonical_class_id(written)
        except StateError:
            return written

    def _state(self, path: str, place: str) -> DeviceState | None:
        if not path:
            return None
        member = self._container.member(path)
        if member is None:
            self._tally.add("missing_state", place)
            return None
        data = self._container.data(member)
        try:
            return state_of_file(data)
        except StateError:
            self._tally.add("damaged_state", place)
            return opaque(data)
