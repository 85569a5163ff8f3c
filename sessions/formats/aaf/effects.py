"""Gain, pan and level in an AAF: constants, and curves over a clip's or a track's length.

Operations and parameters: AAF Edit Protocol (AMWA AS-01), annex on audio effects.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from sessions.formats.aaf.sources import kind, value
from sessions.model.session import AutomationPoint

GAIN, PAN = "9d2ea894-0968-11d3-8a38-0050040ef7d2", "9d2ea893-0968-11d3-8a38-0050040ef7d2"
COMBINER = "6b46dd7a-132d-4856-ab21-8b751d8462ec"
RETIMES = frozenset(
    {"9d2ea890-0968-11d3-8a38-0050040ef7d2", "9d2ea892-0968-11d3-8a38-0050040ef7d2"}
)
AMPLITUDE = "e4962321-2267-11d3-8a4c-0050040ef7d2"
PAN_VALUE = "e4962322-2267-11d3-8a4c-0050040ef7d2"
CLIP_RATIO = "47c00f7d-fb55-11d3-9ff7-0004ac969f50"
"""AvidControlClipRatio: Media Composer's clip gain as it moves, a factor beside AMPLITUDE."""
AUDIO_WARP = "f1db0f27-8d64-11d3-80df-006008143e6f"
"""Avid's adapter of a source in another frame rate; SPEED is ours over the source's."""
SPEED = "72559a80-24d7-11d3-8a50-0050040ef7d2"
_CONSTANT = "5b6c85a5-0ede-11d3-80a9-006008143e6f"
_SHAPES = {
    "5b6c85a4-0ede-11d3-80a9-006008143e6f": "linear",
    _CONSTANT: "hold",
    "5b6c85a6-0ede-11d3-80a9-006008143e6f": "s_curve",
    "15829ec3-1f24-458a-960d-c65bb23c2aa1": "log",
    "c09153f7-bd18-4e5a-ad09-cbdd654fa001": "power",
    "df394eda-6ac6-4566-8dbe-f28b0bdd781a": "bezier",
    "a04a5439-8a0e-4cb7-975f-a5b255866883": "spline",
}
_SAMPLED = frozenset({"bezier", "spline"})
_PIECES = 32
_FADE_SHAPES = {"log": "fast", "power": "equal_power", "hold": "linear"}


@dataclass(frozen=True)
class Curve:
    """A parameter's values: one when it does not change, else points (0 to 1 of the length)."""

    points: tuple[tuple[float, float], ...]
    shape: str = "linear"

    @property
    def constant(self) -> float | None:
        """The value of a parameter that does not change."""
        first = self.points[0][1] if self.points else None
        return first if all(each == first for _, each in self.points) else None

    def automation(
        self, start_s: Fraction, length_s: Fraction, as_value: Callable[[float], float]
    ) -> tuple[AutomationPoint, ...]:
        """The points in seconds from the session's start, each value through `as_value`."""
        return tuple(
            AutomationPoint(float(start_s) + at * float(length_s), as_value(each), self.shape)
            for at, each in self.points
        )


def operation_id(group: Any) -> str:
    """The effect that an OperationGroup or a Transition applies."""
    operation = value(group, "Operation")
    return "" if operation is None else str(operation.auid)


def operation_name(group: Any) -> str:
    """What people call that effect."""
    operation = value(group, "Operation")
    return str(getattr(operation, "name", None) or operation_id(group) or "unnamed effect")


def curve(group: Any, parameter_id: str) -> Curve | None:
    """A parameter of an OperationGroup; None when the group lacks it."""
    for parameter in value(group, "Parameters", ()):
        if str(value(parameter, "Definition")) == parameter_id:
            return curve_of(parameter)
    return None


def gains(group: Any) -> list[Curve]:
    """What a gain operation does: its level, and Media Composer's ratio; they multiply."""
    found = (curve(group, each) for each in (AMPLITUDE, CLIP_RATIO))
    return [each for each in found if each is not None and each.points]


def curve_of(parameter: Any) -> Curve:
    """The values of a ConstantValue or a VaryingValue.

    Beziers and splines become straight pieces, 32 from point to point; other shapes stay named.
    """
    if kind(parameter) != "VaryingValue":
        return Curve(((0.0, _number(value(parameter, "Value", 0))),))
    shape = _shape(parameter)
    points = sorted(
        (_number(point.time), _number(point.value)) for point in value(parameter, "PointList", ())
    )
    if shape not in _SAMPLED or len(points) < 2:
        return Curve(tuple(points), "linear" if shape in _SAMPLED else shape)
    return Curve(tuple(_sampled(parameter, points)), "linear")


def _shape(parameter: Any) -> str:
    interpolation = value(parameter, "Interpolation")
    return _SHAPES.get(str(getattr(interpolation, "auid", "")), "linear")


def _sampled(
    parameter: Any, points: Sequence[tuple[float, float]]
) -> Iterator[tuple[float, float]]:
    for (start, first), (end, _) in pairwise(points):
        yield start, first
        for step in range(1, _PIECES if end > start else 1):
            at = start + (end - start) * step / _PIECES
            yield at, _number(parameter.value_at(at))
    yield points[-1]


def _number(given: Any) -> float:
    number = float(given)
    if not math.isfinite(number):
        raise ValueError(f"a parameter is {number}")
    return number


def fade_shape(transition: Any) -> str:
    """The shape of a Transition's curve in our words."""
    group = value(transition, "OperationGroup")
    shapes = [
        _shape(each)
        for each in (value(group, "Parameters", ()) if group is not None else ())
        if kind(each) == "VaryingValue"
    ]
    shape = shapes[0] if shapes else "linear"
    return _FADE_SHAPES.get(shape, shape)
