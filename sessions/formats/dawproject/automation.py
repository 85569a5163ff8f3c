"""Automation of a DAWproject: points that move a track's parameters, or a clip's own sound."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from lxml import etree

from sessions.formats.dawproject import vocabulary as tables
from sessions.formats.dawproject.mixer import Parameter
from sessions.formats.dawproject.time import unit_of
from sessions.formats.shared.clip_time import Scope
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import Source, children
from sessions.model.session import Automation, AutomationPoint
from stemwright.decibels import amplitude_db

_POINTS = frozenset({"RealPoint", "BoolPoint", "IntegerPoint", "EnumPoint"})
_EXPRESSIONS = {tables.GAIN: "gain_db", tables.PAN: "pan"}


@dataclass
class Lines:
    """The lines met so far, by track, and how many of them move nothing that is known."""

    source: Source
    parameters: dict[str, Parameter]
    tally: Tally
    by_track: dict[str, list[Automation]] = field(default_factory=lambda: defaultdict(list))

    def add(self, points: etree._Element, scope: Scope) -> None:
        """Take up a line that lies on a track; raises SessionError."""
        target = points.find("Target")
        reference = None if target is None else target.get("parameter")
        parameter = self.parameters.get(reference or "")
        if parameter is None:
            self.tally.add("unknown_automation")
            return
        line = self._line(points, scope, parameter)
        if line is not None:
            self.by_track[parameter.track].append(line)

    def expression(self, points: etree._Element, scope: Scope) -> Automation | None:
        """A line that lies inside a clip and moves its gain or pan; raises SessionError."""
        target = points.find("Target")
        name = "" if target is None else target.get("expression") or ""
        if name not in _EXPRESSIONS:
            self.tally.add("unknown_automation")
            return None
        unit = unit_of(self.source, points, "timeUnit", scope.unit)
        return self._line(
            points, scope.as_unit(unit), Parameter("", _EXPRESSIONS[name], tables.LINEAR)
        )

    def is_unread(self, points: etree._Element) -> bool:
        """Whether a line inside a clip moves what is not read; one of pitch stands still at 0."""
        target = points.find("Target")
        name = "" if target is None else target.get("expression") or ""
        moved = (self._value(each) for each in children(points) if each.tag in _POINTS)
        return name not in _EXPRESSIONS and any(not name or value != 0.0 for value in moved)

    def _line(
        self, element: etree._Element, scope: Scope, parameter: Parameter
    ) -> Automation | None:
        unit = element.get("unit") or parameter.unit
        points = []
        for point in children(element):
            if point.tag in _POINTS:
                at = scope.seconds(self.source.number(point, "time"))
                value = parameter.value(self._value(point), unit)
                points.append(AutomationPoint(at, value, _shape(point)))
        points.sort(key=lambda point: point.position_s)
        told = parameter.told_unit(unit)
        if not points:
            return None
        return Automation(parameter.target, told, tuple(points), parameter.own)

    def _value(self, point: etree._Element) -> float:
        if point.tag == "BoolPoint":
            return float(self.source.flag(point, "value", False))
        return self.source.number(point, "value", infinite=True)


def standing_db(line: Automation) -> float | None:
    """The gain of a line inside a clip that never moves, as a DAWproject says a clip's gain."""
    values = {point.value for point in line.points}
    if line.target != "gain_db" or len(values) != 1:
        return None
    value = values.pop()
    return value if line.unit == "db" else amplitude_db(value)


def _shape(point: etree._Element) -> str:
    """The way to the next point; one that does not say holds (DAWproject's RealPoint.java)."""
    return "linear" if point.get("interpolation") == tables.STRAIGHT else "hold"
