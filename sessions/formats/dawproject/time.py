"""Time in a DAWproject: units inherited from ancestors, tempo and meters, and beats for seconds."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import cast

from lxml import etree

from sessions.formats.dawproject.vocabulary import BEATS, SECONDS, STRAIGHT
from sessions.formats.shared.clip_time import Scope, Unit
from sessions.formats.shared.xml import Source, children
from sessions.model.session import Meter, Session, TempoCurve
from sessions.model.tempo import TempoMap

_UNITS = (BEATS, SECONDS)


def unit_of(source: Source, element: etree._Element, name: str, inherited: Unit) -> Unit:
    """The element's own unit under attribute `name`, else the inherited one."""
    text = element.get(name)
    if text is None:
        return inherited
    if text not in _UNITS:
        message = f"{name}={text[:40]!r} is neither beats nor seconds"
        raise source.fault(element, "unknown_time_unit", message)
    return cast("Unit", text)


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
        curve: TempoCurve = "linear" if point.get("interpolation") == STRAIGHT else "step"
        time, bpm = source.number(point, "time"), source.number(point, "value")
        if bpm <= 0:
            raise source.fault(point, "malformed_number", f"a tempo of {bpm} is none")
        found.append((time, bpm, curve))
    found.sort(key=lambda point: point[0])
    unit = unit_of(source, points, "timeUnit", _arrangement_unit(source, project))
    return found if unit == "beats" else _in_beats(found)


def _arrangement_unit(source: Source, project: etree._Element) -> Unit:
    # Project.xsd leaves timeUnit optional and names no default; exports of Bitwig say beats.
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


_LEVEL = 1e-12
_USUAL_BPM = 120.0

Point = tuple[float, float, TempoCurve]


def beat_points(session: Session) -> list[Point]:
    """The tempo as (beat, quarter notes a minute, curve), ramps linear over beats.

    Every point stays at its second. A ramp that was linear over time takes another way between
    two points, and another number of beats.
    """
    tempos = sorted(session.tempo, key=lambda tempo: tempo.position_s)
    if not tempos:
        return [(0.0, _USUAL_BPM, "step")]
    first = tempos[0]
    beat = first.position_s * first.bpm / 60.0
    points: list[Point] = [(beat, first.bpm, first.curve)]
    for here, after in pairwise(tempos):
        passed_min = (after.position_s - here.position_s) / 60.0
        beat += passed_min * _mean_bpm(here.bpm, after.bpm, here.curve)
        points.append((beat, after.bpm, after.curve))
    return points


def _mean_bpm(bpm: float, to_bpm: float, curve: TempoCurve) -> float:
    """Beats a minute over a whole segment; over beats a linear ramp's mean is logarithmic."""
    change = to_bpm / bpm - 1.0
    if curve == "step" or abs(change) < _LEVEL:
        return bpm
    return (to_bpm - bpm) / math.log1p(change)


def clock(session: Session) -> TempoMap:
    """The map from seconds to those beats."""
    return TempoMap(beat_points(session))
