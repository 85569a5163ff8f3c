"""The tracks of a Live set: names, groups, routing, sends and where the mixer stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from sessions.formats.ableton.automation import is_split, level
from sessions.formats.ableton.document import Values
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import children
from sessions.model.session import Send
from stemwright.decibels import amplitude_db

MASTER = "master"
_KINDS = {
    "AudioTrack": "audio",
    "MidiTrack": "midi",
    "GroupTrack": "group",
    "ReturnTrack": "return",
}
_TRACK_TARGET = re.compile(r"[./]Track\.(\d+)(?:/|$)")
_TO_MAIN = frozenset({"AudioOut/Master", "AudioOut/Main"})
_MAIN_NAMES = frozenset({"Master", "Main"})
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Place:
    """A track's element with its id and kind in the session."""

    id: str
    kind: str
    name: str
    element: etree._Element


@dataclass(frozen=True)
class Panning:
    """Where a track stands: position and, when both sides were set apart, width and `law`."""

    pan: float
    width: float | None = None
    law: str | None = None


class Mixer:
    """Routes between the tracks of a set; remarks go to `tally`, faults are SessionErrors."""

    def __init__(self, values: Values, live_set: etree._Element, tally: Tally) -> None:
        self._values = values
        self._tally = tally
        self._numbers: dict[str, str] = {}
        self._groups: dict[str, str] = {}
        self._cut_off: set[str] = set()
        self.places = [*self._places(live_set)]
        self.returns = [place for place in self.places if place.kind == "return"]
        self._by_name = {place.name: place.id for place in reversed(self.places)}
        pre = live_set.find("SendsPre")
        self._pre = [values.flag(switch, "Value", False) for switch in children(pre)]

    def _places(self, live_set: etree._Element) -> Iterator[Place]:
        taken: set[str] = {MASTER}
        counts = dict.fromkeys(_KINDS.values(), 0)
        for element in children(live_set.find("Tracks")):
            kind = _KINDS.get(str(element.tag))
            if kind is None:
                self._tally.add("unknown_tracks", str(element.tag))
                continue
            counts[kind] += 1
            number = element.get("Id") or str(len(taken))
            id_ = number if number not in taken else _free(f"{number}.{kind}", taken)
            taken.add(id_)
            self._numbers.setdefault(number, id_)
            if kind == "group":
                self._groups.setdefault(number, id_)
            total = counts[kind] if kind == "return" else sum(counts.values()) - counts["return"]
            yield Place(id_, kind, self._name(element, kind, total), element)

    def _name(self, element: etree._Element, kind: str, number: int) -> str:
        """The shown name; Live 8 does not write the names that it makes up itself."""
        for path in ("Name/EffectiveName", "Name/UserName"):
            named = self._values.text(element, path)
            if named:
                return named
        if kind == "return":
            return f"{_LETTERS[(number - 1) % len(_LETTERS)]} Return"
        return f"{number} {'MIDI' if kind == 'midi' else kind.capitalize()}"

    def parent(self, place: Place) -> str | None:
        """The group that a track lies in."""
        return self._groups.get(self._values.text(place.element, "TrackGroupId", "-1"))

    def output(self, place: Place) -> str | None:
        """Where a track's signal goes; None when only its sends are heard."""
        routing = place.element.find("DeviceChain/AudioOutputRouting")
        if routing is None:
            return self.parent(place) or MASTER
        target = self._values.text(routing, "Target")
        shown = self._values.text(routing, "UpperDisplayString")
        if target in _TO_MAIN:
            return MASTER
        if target == "AudioOut/GroupTrack":
            return self.parent(place) or MASTER
        if target in ("", "AudioOut/None"):
            return None
        if target.startswith("AudioOut/External"):
            self._tally.add("external_output", place.name)
            return None
        return self._other(target, shown, place)

    def _other(self, target: str, shown: str, place: Place) -> str | None:
        numbered = _TRACK_TARGET.search(target)
        found = self._numbers.get(numbered.group(1)) if numbered else self._by_name.get(shown)
        if found is None and shown in _MAIN_NAMES:
            return MASTER
        if found is None:
            self._tally.add("unknown_output", place.name)
            self._cut_off.add(place.id)
        return found

    def is_cut_off(self, place: Place) -> bool:
        """Whether a track goes to one that is not there."""
        return place.id in self._cut_off

    def sends(self, place: Place) -> list[tuple[Send, etree._Element]]:
        """The sends that are up, or moved by automation, with the elements that hold them."""
        found = []
        holders = place.element.iterfind("DeviceChain/Mixer/Sends/TrackSendHolder")
        for index, holder in enumerate(holders):
            send = holder.find("Send")
            if send is None or index >= len(self.returns):
                continue
            gain_db = amplitude_db(level(self._values.manual(send, 0.0)))
            # Live 12.2 writes EnabledByUser where versions up to 11 wrote Active.
            before = self._values.whether(holder, "Active", True)
            active = self._values.whether(holder, "EnabledByUser", before)
            pre = index < len(self._pre) and self._pre[index]
            target = self.returns[index].id
            found.append((Send(target, gain_db, pre, enabled=active), send))
        return found

    def panning(self, mixer: etree._Element) -> Panning:
        """The pan knob's position, or what the two of split stereo panning come to."""
        values = self._values
        if not is_split(mixer):
            return Panning(_side(values.manual(mixer.find("Pan"), 0.0)))
        left = _side(values.manual(mixer.find("SplitStereoPanL"), -1.0))
        right = _side(values.manual(mixer.find("SplitStereoPanR"), 1.0))
        return Panning((left + right) / 2.0, (right - left) / 2.0, "split stereo")


def _side(value: float) -> float:
    return max(-1.0, min(1.0, value))


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name
