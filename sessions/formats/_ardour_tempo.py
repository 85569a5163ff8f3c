"""Ardour's tempo map. Since version 7 ramps are linear over quarter notes (libs/temporal)."""

from __future__ import annotations

from lxml import etree

from sessions.formats._ardour_xml import SUPERCLOCKS, TICKS
from sessions.model import Meter, TempoCurve
from sessions.tempo import TempoMap
from sessions.xml_values import number, parsed

_QUARTERS_A_PULSE = 4.0


def tempo_map(root: etree._Element) -> TempoMap:
    """The session's tempo; 120 where it states none."""
    points: list[tuple[float, float, TempoCurve]] = []
    ramp_to: float | None = None
    for node in root.iterfind("TempoMap//Tempo"):
        note = number(node, "note-type", 4.0) or 4.0
        old = number(node, "beats-per-minute", 120.0)
        bpm = number(node, "npm", old) * 4.0 / note
        end = number(node, "enpm", number(node, "end-beats-per-minute", bpm * note / 4.0))
        beat = _beat(root, node)
        if ramp_to is not None:
            points.append((beat, ramp_to, "step"))
        ramps = "Ramp" in node.get("type", "") and end * 4.0 / note != bpm
        ramp_to = end * 4.0 / note if ramps else None
        points.append((beat, bpm, "linear" if ramps else "step"))
    return TempoMap(points)


def meters(root: etree._Element, tempo: TempoMap, rate_hz: int) -> tuple[Meter, ...]:
    """The session's time signatures."""
    found = []
    for node in root.iterfind("TempoMap//Meter"):
        numerator = round(number(node, "divisions-per-bar", 4.0))
        denominator = round(number(node, "note-value", number(node, "note-type", 4.0)))
        if numerator > 0 and denominator > 0:
            position_s = _seconds(root, node, tempo, rate_hz)
            found.append(Meter(position_s, numerator, denominator))
    return tuple(found)


def _seconds(root: etree._Element, node: etree._Element, tempo: TempoMap, rate_hz: int) -> float:
    if node.get("sclock") is not None:
        return number(node, "sclock") / SUPERCLOCKS
    for name in ("sample", "frame"):
        if node.get(name) is not None:
            return number(node, name) / rate_hz
    return tempo.seconds(_bars(root, node.get("start", "1|1|0")))


def _beat(root: etree._Element, node: etree._Element) -> float:
    """Quarter notes from the start to a tempo."""
    quarters = node.get("quarters")
    if quarters is not None:
        whole, _, ticks = quarters.partition(":")
        return parsed(whole) + parsed(ticks) / TICKS
    if node.get("pulse") is not None:
        return number(node, "pulse") * _QUARTERS_A_PULSE
    return _bars(root, node.get("start", "1|1|0"))


def _bars(root: etree._Element, text: str) -> float:
    """Quarter notes to "bar|beat|tick", each bar as long as the first."""
    words = text.split("|")
    bar, beat, tick = (parsed(word) for word in [*words, "1", "1", "0"][:3])
    first = next(root.iterfind("TempoMap//Meter"), None)
    note = number(first, "note-value", number(first, "note-type", 4.0)) or 4.0
    beats = (bar - 1.0) * number(first, "divisions-per-bar", 4.0) + (beat - 1.0)
    return max(0.0, (beats + tick / TICKS) * 4.0 / note)
