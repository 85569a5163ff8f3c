"""Time in a DAWproject: a unit inherited from the nearest ancestor, and the tempo's course.

Clips lie in their timeline's time; what is inside a clip has a time of its own, in beats of the
song or in seconds, which begins where the clip says.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, cast

from lxml import etree

from sessions.formats._daw_elements import Source, children
from sessions.model import Meter, TempoCurve
from sessions.tempo import TempoMap

Unit = Literal["beats", "seconds"]
_UNITS = ("beats", "seconds")


def unit_of(source: Source, element: etree._Element, name: str, inherited: Unit) -> Unit:
    """The element's own unit under attribute `name`, else the inherited one."""
    text = element.get(name)
    if text is None:
        return inherited
    if text not in _UNITS:
        message = f"{name}={text[:40]!r} is neither beats nor seconds"
        raise source.fault(element, "unknown_time_unit", message)
    return cast("Unit", text)


@dataclass(frozen=True)
class Scope:
    """A timeline's time: `zero` is the song's beat, or second, at which it reads 0."""

    clock: TempoMap
    unit: Unit
    zero: float = 0.0

    def seconds(self, time: float) -> float:
        """The song's second at `time`."""
        at = self.zero + time
        return self.clock.seconds(at) if self.unit == "beats" else at

    def time(self, seconds: float) -> float:
        """The inverse of `seconds`."""
        at = self.clock.beats(seconds) if self.unit == "beats" else seconds
        return at - self.zero

    def within(self, unit: Unit, time: float, content: float) -> Scope:
        """The scope inside a clip whose `content` time is heard at this scope's `time`."""
        at = self.zero + time
        if unit != self.unit:
            at = self.clock.seconds(at) if unit == "seconds" else self.clock.beats(at)
        return Scope(self.clock, unit, at - content)

    def there(self, time: float, other: Scope) -> float:
        """This scope's `time` as `other` counts it."""
        if self.unit == other.unit:
            return self.zero + time - other.zero
        return other.time(self.seconds(time))

    def as_unit(self, unit: Unit) -> Scope:
        """The same timeline, counted in `unit` from the same zero."""
        return self if unit == self.unit else self.within(unit, 0.0, 0.0)

    def knots(self) -> list[float]:
        """The times at which the tempo changes or bends."""
        return [self.time(tempo.position_s) for tempo in self.clock.tempos()]


def tempo_map(source: Source, project: etree._Element) -> TempoMap:
    """The tempo: its automation where there is some, else the transport's, else 120."""
    points = project.find("Arrangement/TempoAutomation")
    timed = [] if points is None else _tempo_points(source, project, points)
    if not timed:
        tempo = project.find("Transport/Tempo")
        bpm = 120.0 if tempo is None else source.number(tempo, "value", 120.0)
        timed = [(0.0, bpm, "step")]
    return TempoMap(timed)


def _tempo_points(
    source: Source, project: etree._Element, points: etree._Element
) -> list[tuple[float, float, TempoCurve]]:
    found: list[tuple[float, float, TempoCurve]] = []
    for point in children(points):
        if point.tag != "RealPoint":
            continue
        curve: TempoCurve = "linear" if point.get("interpolation") == "linear" else "step"
        time, bpm = source.number(point, "time"), source.number(point, "value")
        if bpm <= 0:
            raise source.fault(point, "malformed_number", f"a tempo of {bpm} is none")
        found.append((time, bpm, curve))
    found.sort(key=lambda point: point[0])
    unit = unit_of(source, points, "timeUnit", _arrangement_unit(source, project))
    return found if unit == "beats" else _in_beats(found)


def _arrangement_unit(source: Source, project: etree._Element) -> Unit:
    arrangement = project.find("Arrangement")
    return "beats" if arrangement is None else unit_of(source, arrangement, "timeUnit", "beats")


def _in_beats(
    points: list[tuple[float, float, TempoCurve]],
) -> list[tuple[float, float, TempoCurve]]:
    """Points timed in seconds, timed in beats; ramps are linear over beats."""
    if not points:
        return []
    first_s, bpm, curve = points[0]
    beat = first_s * bpm / 60.0
    timed = [(beat, bpm, curve)]
    for (from_s, from_bpm, shape), (to_s, to_bpm, after) in pairwise(points):
        passed = (to_s - from_s) / 60.0
        ratio = math.log(to_bpm / from_bpm)
        ramps = shape == "linear" and abs(ratio) > 1e-12
        beat += passed * ((to_bpm - from_bpm) / ratio if ramps else from_bpm)
        timed.append((beat, to_bpm, after))
    return timed


def meters(source: Source, project: etree._Element, clock: TempoMap) -> tuple[Meter, ...]:
    """The time signatures, in the order of the song."""
    found = []
    points = project.find("Arrangement/TimeSignatureAutomation")
    if points is not None:
        unit = unit_of(source, points, "timeUnit", _arrangement_unit(source, project))
        for point in children(points):
            if point.tag == "TimeSignaturePoint":
                at = Scope(clock, unit).seconds(source.number(point, "time"))
                found.append(_meter(source, point, at))
    signature = project.find("Transport/TimeSignature")
    if signature is not None and not any(meter.position_s <= 0 for meter in found):
        found.append(_meter(source, signature, 0.0))
    return tuple(sorted(found, key=lambda meter: meter.position_s))


def _meter(source: Source, element: etree._Element, position_s: float) -> Meter:
    numerator = source.number(element, "numerator")
    denominator = source.number(element, "denominator")
    return Meter(position_s, int(numerator), int(denominator))
