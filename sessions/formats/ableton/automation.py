"""Automation of a Live track, old (inside the parameters) and new (beside them)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from lxml import etree

from sessions.formats.ableton.devices import Placed
from sessions.formats.ableton.document import BEFORE_THE_SONG, Values
from sessions.formats.ableton.time import moved
from sessions.formats.shared.xml import children
from sessions.model.session import Automation, AutomationPoint, PluginParameter
from sessions.model.tempo import TempoMap

_NUMBER = re.compile(r"[0-9]{1,10}")
SILENT = 0.00031623
"""The lowest level of Live's faders and sends, -70 dB, which Live shows and plays as silence."""


class _Parameter(NamedTuple):
    """Something that automation moves; `convert` puts a value of Live's into `unit`."""

    target: str
    unit: str
    element: etree._Element | None
    convert: Callable[[float], float] = float
    own: PluginParameter | None = None


def track_automation(
    values: Values,
    mixer: etree._Element,
    sends: Sequence[tuple[str, etree._Element]],
    devices: Sequence[Placed],
    lines: dict[str, list[etree._Element]],
    clock: TempoMap,
) -> tuple[Automation, ...]:
    """The lines that move a track's mixer, sends (target and level) and devices."""
    found = []
    for target, unit, parameter, convert, own in _parameters(mixer, sends, devices):
        if parameter is None:
            continue
        events = moved(values, parameter, lines)
        points = _points(values, events, clock, convert)
        if len(points) > 1 or _differs(points, convert(_stand(values, parameter))):
            found.append(Automation(target, unit, points, own))
    return tuple(found)


def _differs(points: Sequence[AutomationPoint], stand: float) -> bool:
    """Whether a line of one point moves its parameter at all; Live rounds the two differently."""
    return bool(points) and not math.isclose(points[0].value, stand, rel_tol=1e-4, abs_tol=1e-6)


def is_split(mixer: etree._Element) -> bool:
    """Whether a mixer's two sides are set apart, and its one pan is not heard."""
    mode = mixer.find("PanMode")
    return mode is not None and mode.get("Value") == "1"


def level(value: float) -> float:
    """A fader's or a send's amplitude."""
    return value if value > SILENT else 0.0


def _parameters(
    mixer: etree._Element, sends: Sequence[tuple[str, etree._Element]], devices: Sequence[Placed]
) -> Iterator[_Parameter]:
    yield _Parameter("gain_db", "linear", mixer.find("Volume"), level)
    if is_split(mixer):
        yield _Parameter("pan_left", "pan", mixer.find("SplitStereoPanL"))
        yield _Parameter("pan_right", "pan", mixer.find("SplitStereoPanR"))
    else:
        yield _Parameter("pan", "pan", mixer.find("Pan"))
    yield _Parameter("mute", "bool", mixer.find("Speaker"), _muted)
    for target, send in sends:
        yield _Parameter(f"send:{target}", "linear", send, level)
    for index, placed in enumerate(devices):
        yield _Parameter(f"device:{index}:enabled", "bool", placed.element.find("On"))
        if placed.element.find("ParameterList") is not None:
            yield from _plugin_parameters(placed, index)
            continue
        for child in children(placed.element):
            if child.tag != "On" and child.find("AutomationTarget") is not None:
                yield _Parameter(f"device:{index}:{child.tag}", "", child)


def _plugin_parameters(placed: Placed, index: int) -> Iterator[_Parameter]:
    """A plugin's parameters, from 0 to 1; Live knows them by a VST2's index or by their own ids."""
    for parameter in children(placed.element.find("ParameterList")):
        name, value = parameter.find("ParameterName"), parameter.find("ParameterValue")
        if name is None or value is None or not name.get("Value"):
            continue
        told = parameter.find("ParameterId")
        number = "" if told is None else told.get("Value") or ""
        own = None
        if _NUMBER.fullmatch(number):
            counted = placed.device.format == "VST2"
            own = PluginParameter(int(number)) if counted else PluginParameter(id=number)
        target = f"device:{index}:{name.get('Value')}"
        yield _Parameter(target, "normalized", value, own=own)


def _muted(on: float) -> float:
    return 1.0 - on


def _stand(values: Values, parameter: etree._Element) -> float:
    manual = parameter.find("Manual")
    held = manual if manual is not None else next(iter(values.events(parameter)), None)
    return 0.0 if held is None else _value(values, held)


def _value(values: Values, element: etree._Element) -> float:
    if element.get("Value") in ("true", "false"):
        return float(element.get("Value") == "true")
    return values.number(element, "Value", 0.0, infinite=True)


def _points(
    values: Values,
    events: Sequence[etree._Element],
    clock: TempoMap,
    convert: Callable[[float], float],
) -> tuple[AutomationPoint, ...]:
    """The events in order; the one from before the song counts only if none is at its start."""
    timed = []
    for event in events:
        beat = values.number(event, "Time")
        shape = "linear" if event.tag == "FloatEvent" else "hold"
        if event.get("CurveControl1X") is not None:
            shape = "bezier"
        timed.append((beat, convert(_value(values, event)), shape))
    timed.sort(key=lambda point: point[0])
    early = [point for point in timed if point[0] < BEFORE_THE_SONG]
    inside = [point for point in timed if point[0] >= BEFORE_THE_SONG]
    if early and not (inside and inside[0][0] <= 0):
        inside.insert(0, (0.0, early[-1][1], "hold"))
    return tuple(
        AutomationPoint(clock.seconds(max(0.0, beat)), value, shape)
        for beat, value, shape in inside
    )
