"""Ardour's tempo map. Since version 7 ramps are linear over quarter notes (libs/temporal)."""

from __future__ import annotations

from lxml import etree

from sessions.formats._ardour_xml import SUPERCLOCKS, TICKS
from sessions.model import Meter, TempoCurve
from sessions.tempo import TempoMap
from sessions.xml_values import flag, number, parsed

# What Ardour takes for what a tempo map does not say (libs/ardour/tempo.cc): 120 quarters a minute
# in 4/4 (_default_tempo, _default_meter), quarters as notes, active, not ramped (TempoSection).
# Since version 7 all are said (libs/temporal/tempo.cc: Tempo, Meter throw otherwise). The 5 maps in
# the corpus lack `active` alone, 4 of them; all say where each tempo and meter stands.
_QUARTERS_A_PULSE = 4.0


def tempo_map(root: etree._Element) -> TempoMap:
    """The session's tempo; 120 where it states none."""
    points: list[tuple[float, float, TempoCurve]] = []
    ramp_to: float | None = None
    for node in root.iterfind("TempoMap//Tempo"):
        if not flag(node, "active", True):
            continue
        note = number(node, "note-type", 4.0) or 4.0
        bpm = number(node, "npm", number(node, "beats-per-minute", 120.0)) * 4.0 / note
        end = _end_bpm(node, note)
        beat = _beat(root, node)
        if ramp_to is not None:
            points.append((beat, ramp_to, "step"))
        ramps = _ramps(node) and end != bpm
        ramp_to = end if ramps else None
        points.append((beat, bpm, "linear" if ramps else "step"))
    return TempoMap(points)


def _end_bpm(node: etree._Element, note: float) -> float | None:
    """Where a ramp ends; None (version 5.0 to 5.10): in the next tempo."""
    for name in ("enpm", "end-beats-per-minute"):
        if node.get(name) is not None:
            return number(node, name) * 4.0 / note
    return None


def _ramps(node: etree._Element) -> bool:
    """Tell whether a tempo goes on to another; from 5.11 to 6.9 its end tempo alone says so."""
    said = node.get("type", node.get("tempo-type"))
    return "Ramp" in said if said is not None else node.get("end-beats-per-minute") is not None


def meters(root: etree._Element, tempo: TempoMap, rate_hz: int) -> tuple[Meter, ...]:
    """The session's time signatures."""
    found = []
    for node in root.iterfind("TempoMap//Meter"):
        numerator = round(_divisions(node))
        denominator = round(_note(node))
        if numerator > 0 and denominator > 0:
            position_s = _seconds(root, node, tempo, rate_hz)
            found.append(Meter(position_s, numerator, denominator))
    return tuple(found)


def _divisions(meter: etree._Element) -> float:
    return number(meter, "divisions-per-bar", number(meter, "beats-per-bar", 4.0))


def _note(meter: etree._Element) -> float:
    return number(meter, "note-value", number(meter, "note-type", 4.0))


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
    """Quarter notes to "bar|beat|tick"; each bar is as long as the meter in force makes it."""
    bar, beat, tick = _bbt(text)
    quarters, at, note, length = 0.0, 1.0, 4.0, 4.0
    for node in root.iterfind("TempoMap//Meter"):
        start = _bbt(node.get("start", node.get("bbt", "1|1|0")))[0]
        if start > bar:
            break
        quarters, at = quarters + max(0.0, start - at) * length, max(start, at)
        note = _note(node) or 4.0
        length = _divisions(node) * 4.0 / note
    quarters += (bar - at) * length + (beat - 1.0 + tick / TICKS) * 4.0 / note
    return max(0.0, quarters)


def _bbt(text: str) -> tuple[float, float, float]:
    words = text.split("|")
    bar, beat, tick = (parsed(word) for word in [*words, *("1", "1", "0")[len(words) :]][:3])
    return bar, beat, tick
