"""Automation as REAPER's envelopes.

They are written for a fader in the mode Read, where an envelope stands for the fader: its values
are what is heard.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sessions.formats.project_files.automation_lines import Line, as_factors, line_of
from sessions.formats.reaper import codes as tables
from sessions.formats.reaper.text import Text, Word
from sessions.formats.shared.remarks import Losses
from sessions.model.session import Automation, AutomationPoint, PluginParameter
from stemwright.decibels import linear

_NUMBER = re.compile(r"[0-9]{1,9}")
_PANS = frozenset(
    tag
    for envelopes in (tables.TRACK_ENVELOPES, tables.MASTER_ENVELOPES, tables.SEND_ENVELOPES)
    for tag, unit in envelopes.values()
    if unit == "pan"
)
_ANY_RANGE = frozenset({"normalized", "value", "linear", "bool", ""})


class Envelopes:
    """Writes envelopes; tells what bends otherwise now."""

    def __init__(self, text: Text, losses: Losses) -> None:
        self._text = text
        self._losses = losses

    def track(self, owner: str, lines: Sequence[Automation], *, master: bool) -> None:
        """Write the envelopes of a track's own controls."""
        envelopes = tables.MASTER_ENVELOPES if master else tables.TRACK_ENVELOPES
        for automation in lines:
            head = automation.target.partition(":")[0]
            if automation.target in envelopes:
                self._envelope(envelopes[automation.target][0], owner, automation, 1.0)
            elif head not in ("send", "send_pan", "send_enabled", "device"):
                self._lost(owner, automation)

    def send(self, owner: str, target: str, gain_db: float, lines: Sequence[Automation]) -> None:
        """Write the envelopes of the send to `target`; its own gain stays on top of its level."""
        moved = {
            f"send:{target}": "gain_db",
            f"send:{target}:pan": "pan",
            f"send_pan:{target}": "pan",
            f"send:{target}:mute": "mute",
        }
        for automation in lines:
            control = moved.get(automation.target)
            gain = linear(gain_db) if control == "gain_db" else 1.0
            if control is not None and gain > 0:
                self._envelope(tables.SEND_ENVELOPES[control][0], owner, automation, gain)
            elif control is not None or automation.target == f"send_enabled:{target}":
                self._lost(owner, automation)

    def device(self, owner: str, index: int, name: str, lines: Sequence[Automation]) -> None:
        """Write the envelopes of a plugin's parameters, as far as their numbers are known.

        `name` is what the plugin is called in the project.
        """
        head = f"device:{index}:"
        for automation in lines:
            if automation.target.startswith(head):
                label = automation.target.removeprefix(head)
                words = _parameter_words(automation, label, name)
                if words:
                    self._envelope("PARMENV", owner, automation, 1.0, words)
                else:
                    why = "REAPER moves parameters by their number and on its own scale, and of"
                    why += " these one of the two is unknown"
                    self._losses.add("parameter_lost", "warning", why, f"{owner}/{name} {label}")

    def _envelope(
        self,
        tag: str,
        owner: str,
        automation: Automation,
        gain: float,
        words: tuple[Word, ...] = (),
    ) -> None:
        line = line_of(automation)
        level = line.kind == "level"
        on_fader = level and _on_fader(automation)
        if line.in_db or _unknown(automation):
            why = "REAPER joins points otherwise: the points are exact, what lies between them is"
            self._losses.add("curve_changed", "note", f"{why} near", f"{owner} {automation.target}")
        with self._text.block(tag, *words):
            self._text.line("ACT", 1, -1)
            self._text.line("VIS", 1, 1, 1)
            self._text.line("ARM", 0)
            self._text.line("DEFSHAPE", 0, -1, -1)
            if level:
                scale = tables.VOLUME_ON_FADER if on_fader else tables.VOLUME_AS_FACTOR
                self._text.line("VOLTYPE", scale)
            for point, written in zip(as_factors(line), automation.points, strict=True):
                self._point(tag, line, AutomationPoint(*point), written[2:], gain)

    def _point(
        self, tag: str, line: Line, point: AutomationPoint, shape: tuple[str, ...], gain: float
    ) -> None:
        value = point.value / gain
        if line.kind == "switch":
            value = 1.0 - value
        elif tag in _PANS:
            value = 0.0 - value
        named = shape[0] if shape and shape[0] in tables.POINT_SHAPES else point.shape
        tension = tables.bezier_tension(shape[0]) if shape else None
        if tension is not None:
            bent = (0, 0, 0, tension)
            self._text.line(
                "PT", point.position_s, value, tables.POINT_SHAPES.index("bezier"), *bent
            )
            return
        self._text.line("PT", point.position_s, value, tables.POINT_SHAPES.index(named))

    def _lost(self, owner: str, automation: Automation) -> None:
        why = "REAPER has no envelope for these lines"
        self._losses.add("automation_lost", "warning", why, f"{owner} {automation.target}")


def _on_fader(automation: Automation) -> bool:
    """Whether straight lines are straight on the fader's scale, or in decibels, which is near."""
    shapes = {point[2] if len(point) > 2 else "linear" for point in automation.points}
    in_db = automation.unit.casefold() in ("db", "decibel", "decibels")
    return "fader" in shapes or (in_db and "linear" in shapes)


def _unknown(automation: Automation) -> bool:
    known = {*tables.POINT_SHAPES, "linear_amplitude", "fader"}
    shapes = {point[2] for point in automation.points if len(point) > 2}
    return any(shape not in known and tables.bezier_tension(shape) is None for shape in shapes)


def _parameter_words(automation: Automation, label: str, plugin: str) -> tuple[Word, ...]:
    """What stands behind PARMENV; nothing where REAPER would not know the parameter."""
    parameter = automation.parameter or PluginParameter()
    numbered = parameter.index is None and _NUMBER.fullmatch(label)
    index = int(label) if numbered else parameter.index
    if index is None or automation.unit not in _ANY_RANGE:
        return ()
    number = str(index) if parameter.id is None else f"{index}:{parameter.id}"
    named = () if label == str(index) else (f"{label} / {plugin}",)
    return (number, parameter.low, parameter.high, parameter.middle, *named)
