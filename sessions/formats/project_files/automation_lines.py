"""Automation in the one form that writers need: what it moves, in which unit, joined how.

Readers give levels in decibels ("db", joined linearly in dB unless a point's shape says
linear_amplitude) or as factors ("linear"); a mute is 1 while muted; pans run from -1 to 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from sessions.model.session import Automation, AutomationPoint, Clip
from stemwright.decibels import amplitude_db, linear

LineKind = Literal["level", "pan", "switch", "width", "value"]
_LEVELS = frozenset({"gain_db", "trim_db", "post_gain_db"})
_HOLD, _STRAIGHT = "hold", frozenset({"linear", "linear_amplitude"})


@dataclass(frozen=True)
class Line:
    """An automation line: levels as factors, or in decibels when `in_db`."""

    kind: LineKind
    in_db: bool
    points: tuple[AutomationPoint, ...]
    bent: bool

    @property
    def first(self) -> float:
        """The first point's value."""
        return self.points[0].value if self.points else 0.0


def line_of(automation: Automation) -> Line:
    """Put a line in that form; shapes other than linear and hold become linear, and `bent`."""
    kind = _kind(automation.target)
    points = [AutomationPoint(*point) for point in automation.points]
    bent = any(point.shape not in _STRAIGHT | {_HOLD} for point in points)
    in_db = kind == "level" and automation.unit.casefold() in ("db", "decibel", "decibels")
    straight = in_db and all(
        point.shape != "linear_amplitude" and math.isfinite(point.value) for point in points
    )
    if in_db and not straight:
        points = [point._replace(value=linear(point.value)) for point in points]
    plain = tuple(
        point._replace(shape=_HOLD if point.shape == _HOLD else "linear") for point in points
    )
    return shifted(Line(kind, straight, plain, bent), automation.plus_db)


def as_factors(line: Line) -> tuple[AutomationPoint, ...]:
    """A level's points as factors, whatever they were."""
    if not line.in_db:
        return line.points
    return tuple(point._replace(value=linear(point.value)) for point in line.points)


def shifted(line: Line, gain_db: float) -> Line:
    """A level's line with every value louder by `gain_db`."""
    points = tuple(
        point._replace(value=point.value + gain_db if line.in_db else point.value * linear(gain_db))
        for point in line.points
    )
    return replace(line, points=points) if gain_db else line


def _kind(target: str) -> LineKind:
    head, _, rest = target.partition(":")
    part = rest.partition(":")[2]
    if target in _LEVELS or (head == "send" and not part):
        return "level"
    if target == "pan" or head == "send_pan" or (head == "send" and part == "pan"):
        return "pan"
    if target == "mute" or head == "send_enabled" or (head == "send" and part == "mute"):
        return "switch"
    if head == "device":
        return "switch" if part == "enabled" else "value"
    return "width" if target == "width" else "value"


def standing_gain_db(clip: Clip) -> float:
    """A clip's gain with every gain line that never moves: how a DAWproject says a clip's gain."""
    return clip.gain_db + sum(
        amplitude_db(as_factors(line_of(line))[0].value)
        for line in clip.automation
        if _stands(line)
    )


def moving(clip: Clip) -> tuple[Automation, ...]:
    """The lines inside a clip that `standing_gain_db` does not hold."""
    return tuple(line for line in clip.automation if not _stands(line))


def _stands(automation: Automation) -> bool:
    values = {point[1] for point in automation.points}
    return automation.target == "gain_db" and len(values) == 1
