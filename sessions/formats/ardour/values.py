"""What the parts of the Ardour reader share: times and automation lists.

Times are audio time `a...` in superclocks (282240000 a second), beat time `b...` in ticks (1920 a
quarter note), or plain samples in sessions before version 7. Lists count from where they stand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lxml import etree

from sessions.formats.shared.pan_positions import pan_of
from sessions.formats.shared.xml import child, children, parsed
from sessions.model.session import Automation, AutomationPoint, Written
from sessions.model.tempo import TempoMap

# A list that does not say is linear and not played (libs/ardour/automation_list.cc: set_state). Of
# 225 in the corpus 138, all of version 2, do not say their interpolation; all say their state.
SUPERCLOCKS = 282_240_000
TICKS = 1_920
_SHAPES = {
    "Linear": "linear",
    "Discrete": "hold",
    "Exponential": "exponential",
    "Logarithmic": "logarithmic",
    "Curved": "curved",
}
PLAYED = frozenset({"Play", "Touch", "Latch"})


@dataclass(frozen=True)
class Clock:
    """Turns written times into seconds."""

    rate_hz: int
    tempo: TempoMap

    def seconds(self, text: str) -> float:
        """Seconds from the session's start, or of a length in audio time."""
        value = parsed(text.lstrip("ab"))
        if text.startswith("a"):
            return value / SUPERCLOCKS
        if text.startswith("b"):
            return self.tempo.seconds(value / TICKS)
        return value / self.rate_hz

    def length_s(self, text: str, position: str) -> float:
        """Seconds of a length that begins at `position`."""
        if not text.startswith("b"):
            return self.seconds(text)
        start_s = self.seconds(position)
        start = self.tempo.beats(start_s)
        return self.tempo.seconds(start + parsed(text[1:]) / TICKS) - start_s

    def written(self, text: str) -> Written:
        """The time as it stands in the file."""
        if text.startswith("a"):
            return Written("superclocks", parsed(text[1:]))
        if text.startswith("b"):
            return Written("ticks", parsed(text[1:]))
        return Written("samples", parsed(text))

    def events(self, node: etree._Element) -> tuple[tuple[float, float], ...]:
        """Seconds and values of an AutomationList."""
        text = child(node, "events")
        words = ("" if text is None else text.text or "").split()
        pairs = zip(words[::2], words[1::2], strict=False)
        return tuple((self.seconds(when), parsed(value)) for when, value in pairs)

    def automation(
        self, node: etree._Element | None, target: str, unit: str, *, always: bool = False
    ) -> Automation | None:
        """An AutomationList that is played (or is always in force) and has points."""
        if node is None or not (always or node.get("state") in PLAYED):
            return None
        style = node.get("interpolation-style", "Linear")
        shape = _SHAPES.get(style, style.lower())
        points = tuple(AutomationPoint(at, value, shape) for at, value in self.events(node))
        in_beats = node.get("time-domain") == "BeatTime"
        return Automation(target, unit, points, in_beats=in_beats) if points else None


def automation_list(element: etree._Element | None, name: str) -> etree._Element | None:
    """The AutomationList of that id in the element's Automation."""
    lists = child(element, "Automation")
    found = () if lists is None else children(lists, "AutomationList")
    return next((each for each in found if each.get("automation-id") == name), None)


def pan_line(pannable: etree._Element | None, target: str, clock: Clock) -> Automation | None:
    """The line of a Pannable's azimuth, from -1 to 1."""
    line = clock.automation(automation_list(pannable, "pan-azimuth"), target, "pan")
    if line is None:
        return None
    points = (AutomationPoint(at, pan_of(value), way) for at, value, way in line.points)
    return replace(line, points=tuple(points))
