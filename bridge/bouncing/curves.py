"""Point lists over time, read at any frame: what joins two points is the DAW's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sessions import AutomationPoint
from stemwright.values import dataclass

Array = npt.NDArray[np.float64]

Join = Callable[[float, float, Array], Array]
"""From the value before and the one after, and how far between them (0 to 1), to values."""


@dataclass(frozen=True)
class Curve:
    """Points by frame; before the first its value stands, after the last that one's."""

    frames: tuple[float, ...]
    values: tuple[float, ...]
    joins: tuple[Join, ...]

    def at(self, frames: Array) -> Array:
        """The values at `frames`, (n,) in rising order."""
        found = np.empty(len(frames))
        ends = np.searchsorted(frames, self.frames, side="left")
        found[: ends[0]] = self.values[0]
        for at in range(len(self.frames) - 1):
            here = slice(ends[at], ends[at + 1])
            if here.start < here.stop:
                start, end = self.frames[at], self.frames[at + 1]
                between = (frames[here] - start) / (end - start)
                found[here] = self.joins[at](self.values[at], self.values[at + 1], between)
        found[ends[-1] :] = self.values[-1]
        return found


def curve(
    points: Sequence[AutomationPoint], rate_hz: int, joins: Mapping[str, Join], scale: float = 1.0
) -> Curve:
    """The curve through a line's points, by frames at `rate_hz`; values times `scale`.

    Points of a shape that `joins` does not know are joined straight.
    """
    ordered = sorted(points, key=lambda point: point.position_s)
    return Curve(
        tuple(point.position_s * rate_hz for point in ordered),
        tuple(point.value * scale for point in ordered),
        tuple(joins.get(point.shape, straight) for point in ordered),
    )


def straight(before: float, after: float, between: Array) -> Array:
    """A straight line."""
    return before + (after - before) * between


def held(before: float, _after: float, between: Array) -> Array:
    """The value before, until the next point."""
    return np.full(len(between), before)


def constrained_spline(
    frames: Sequence[float], values: Sequence[float]
) -> Callable[[Array], Array]:
    """A curve through three points or more without overshoot.

    CJC Kruger, "Constrained Cubic Spline Interpolation for Chemical Engineering Applications",
    equations 7 to 14.
    """
    x, y = np.array(frames, np.float64), np.array(values, np.float64)
    widths, rises = np.diff(x), np.diff(y)
    slopes = np.zeros(len(x))
    with np.errstate(divide="ignore"):
        runs = widths / rises
    same = (rises[:-1] != 0.0) & (rises[1:] != 0.0) & (runs[:-1] * runs[1:] >= 0.0)
    slopes[1:-1][same] = 2.0 / (runs[1:] + runs[:-1])[same]
    slopes[0] = 1.5 * rises[0] / widths[0] - 0.5 * slopes[1]
    slopes[-1] = 1.5 * rises[-1] / widths[-1] - 0.5 * slopes[-2]
    left = -2.0 * (slopes[1:] + 2.0 * slopes[:-1]) / widths + 6.0 * rises / widths**2
    right = 2.0 * (2.0 * slopes[1:] + slopes[:-1]) / widths - 6.0 * rises / widths**2
    cubes = (right - left) / (6.0 * widths)

    def at(where: Array) -> Array:
        piece = np.clip(np.searchsorted(x, where, side="right") - 1, 0, len(widths) - 1)
        t = where - x[piece]
        return y[piece] + t * (slopes[piece] + t * (0.5 * left[piece] + t * cubes[piece]))

    return at
