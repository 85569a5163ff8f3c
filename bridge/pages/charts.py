"""Charts as SVG text: the same bytes for the same numbers, coloured by the page that holds them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bridge.pages.html import clock, figure, tag, text
from stemwright.values import dataclass

_SIZES = {"wide": (1040.0, 300.0), "narrow": (350.0, 250.0)}
_LEFT, _RIGHT, _TOP, _BOTTOM = 50.0, 14.0, 28.0, 42.0
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60)
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200)
"""What times are ruled by."""
_TICKS_HZ = (20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)
_NARROW_TICKS = 5
_LINES_HIGH = 200.0
"""A chart is as high as this many lines are wide: what is nearer is seen as one."""
_SAME_LENGTH = 0.9
_DISTANCES = {"dBFS": "dB", "LUFS": "LU"}

Points = tuple[tuple[float, float | None], ...]


@dataclass(frozen=True)
class Curve:
    """A line through `points`, or bars from 0 where `bars`; `colour` is a class of the page.

    A None is a gap. `bold` marks the curve the others are held to, `dashed` one that may lie on it.
    """

    name: str
    colour: str
    points: Points
    bars: bool = False
    bold: bool = False
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """Curves over ticks of x, each a place and its label, in the units of both axes.

    y is scaled to what is drawn unless there is a `y_range`, from its lowest grid line to its
    highest. `level` draws a dashed line across, such as a target.
    """

    title: str
    unit: str
    x_unit: str
    curves: tuple[Curve, ...]
    ticks: tuple[tuple[float, str], ...]
    x_range: tuple[float, float]
    y_range: tuple[float, float] | None = None
    log_x: bool = False
    level: float | None = None


@dataclass(frozen=True)
class _Frame:
    size: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    log_x: bool

    def x(self, value: float) -> float:
        low, high, at = (
            (math.log(each) if self.log_x else each) for each in (*self.x_range, value)
        )
        width = _SIZES[self.size][0] - _LEFT - _RIGHT
        return _LEFT + width * (at - low) / ((high - low) or 1.0)

    def y(self, value: float) -> float:
        low, high = self.y_range
        inside = min(max(value, low), high)
        return _TOP + (self.bottom - _TOP) * (high - inside) / (high - low)

    @property
    def right(self) -> float:
        return _SIZES[self.size][0] - _RIGHT

    @property
    def bottom(self) -> float:
        return _SIZES[self.size][1] - _BOTTOM


def chart(drawn: Chart, note: str = "") -> str:
    """A figure with the chart for a desk and for a phone, and the names of its curves.

    Curves that coincide are one line, and its name says so.
    """
    unit = drawn.unit.split()[0].rstrip(",")
    shown = replace(drawn, curves=once(drawn.curves, _apart(drawn), _DISTANCES.get(unit, unit)))
    keys = "".join(
        tag("span", text(each.name), class_=f"key {each.colour}{' dashed' * each.dashed}")
        for each in sorted(shown.curves, key=lambda each: not each.bold)
    )
    caption = tag("figcaption", keys + (tag("small", text(note)) if note else ""))
    return tag("figure", tag("h3", text(drawn.title)) + drawings(shown) + caption)


def drawings(drawn: Chart) -> str:
    """The chart alone, for a desk and for a phone."""
    return "".join(_svg(drawn, size) for size in _SIZES)


def _apart(drawn: Chart) -> float:
    """What cannot be seen between two curves: less than a line is wide."""
    values = drawn.y_range or [y for c in drawn.curves for _, y in c.points if y is not None]
    return (max(values, default=0.0) - min(values, default=0.0)) / _LINES_HIGH


def once(curves: Sequence[Curve], apart: float, unit: str) -> tuple[Curve, ...]:
    """Leave out every curve that lies on another all along, and name it with that one.

    Two that are nowhere more than `apart` from one another coincide; one may end a tenth earlier.
    """
    kept: list[list[Curve]] = []
    for curve in curves:
        on = next((group for group in kept if _coincide(group[0], curve, apart)), None)
        if on is None:
            kept.append([curve])
        else:
            on.append(curve)
    return tuple(
        group[0] if len(group) == 1 else _together(group, f"{apart:.1g} {unit}") for group in kept
    )


def _coincide(one: Curve, other: Curve, apart: float) -> bool:
    lengths = len(one.points), len(other.points)
    if one.bars or other.bars or min(lengths) < _SAME_LENGTH * max(lengths):
        return False
    return all(
        x == at and _near(y, value, apart)
        for (x, y), (at, value) in zip(one.points, other.points, strict=False)
    )


def _near(one: float | None, other: float | None, apart: float) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= apart


def _together(group: Sequence[Curve], apart: str) -> Curve:
    first = next((each for each in group if each.bold), group[0])
    longest = max(group, key=lambda each: len(each.points))
    others = ", ".join(each.name for each in group if each is not first)
    name = f"{first.name} and {others}: one line, they coincide within {apart}"
    return replace(first, name=name, points=longest.points, dashed=False)


def time_ticks(end_s: float, most: int = 10) -> tuple[tuple[float, str], ...]:
    """Round seconds from 0 to `end_s`, as minutes and seconds."""
    step = next((each for each in STEPS_S if end_s / each <= most), STEPS_S[-1])
    return tuple((float(at), clock(at, 0)) for at in range(0, int(end_s) + 1, step))


def hz_ticks() -> tuple[tuple[float, str], ...]:
    """Frequencies from 20 Hz to 20 kHz, in Hz."""
    return tuple((float(hz), f"{hz // 1000}k" if hz >= 1000 else str(hz)) for hz in _TICKS_HZ)


def _svg(drawn: Chart, size: str) -> str:
    values = [y for curve in drawn.curves for _, y in curve.points if y is not None]
    values += [0.0] if any(curve.bars for curve in drawn.curves) else []
    step, low, high = _scale(values if drawn.y_range is None else drawn.y_range)
    frame = _Frame(size, drawn.x_range, drawn.y_range or (low, high), drawn.log_x)
    low, high = frame.y_range
    digits = max(0, math.ceil(-math.log10(step) - 1e-9))
    grid = "".join(
        _level(frame, low + step * n, digits) for n in range(int((high - low) / step + 1e-6) + 1)
    )
    ticks = drawn.ticks
    if size == "narrow":
        ticks = ticks[:: math.ceil(len(ticks) / _NARROW_TICKS)]
    below = "".join(_tick(frame, at, label) for at, label in ticks)
    curves = "".join(_bars(frame, c) if c.bars else _line(frame, c) for c in drawn.curves)
    width, height = _SIZES[size]
    return tag(
        "svg",
        grid + _units(frame, drawn) + below + _across(frame, drawn.level) + curves,
        class_=f"chart {size}",
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=f"{drawn.title}, {drawn.unit}",
    )


def _scale(values: Sequence[float]) -> tuple[float, float, float]:
    """The step between grid lines, and the lowest and highest of them."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    step = next((each for each in _STEPS if (high - low) / each <= 8), 0.0) or _far(high - low)
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    return (step, bottom, top) if top > bottom else (step, bottom - step, bottom + step)


def _far(height: float) -> float:
    """A round step for what is higher than any level or gain."""
    tens = 10.0 ** math.floor(math.log10(height / 8))
    return next(each * tens for each in (1, 2, 5, 10) if height / (each * tens) <= 8)


def _units(frame: _Frame, drawn: Chart) -> str:
    bottom = _SIZES[frame.size][1] - 6
    return (
        f'<text class="unit" x="4" y="14">{text(drawn.unit)}</text>'
        f'<text class="unit end" x="{frame.right:g}" y="{bottom:g}">{text(drawn.x_unit)}</text>'
    )


def _level(frame: _Frame, value: float, digits: int) -> str:
    y = frame.y(value)
    line = f'<line class="grid" x1="{_LEFT:g}" x2="{frame.right:g}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return (
        line + f'<text class="y" x="{_LEFT - 6:g}" y="{y + 4:.1f}">{figure(value, digits)}</text>'
    )


def _tick(frame: _Frame, at: float, label: str) -> str:
    x, bottom = frame.x(at), frame.bottom
    anchor = ' style="text-anchor:end"' if x > frame.right - 12 else ""
    mark = f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP:g}" y2="{bottom:g}"/>'
    return f'{mark}<text class="x" x="{x:.1f}" y="{bottom + 17:g}"{anchor}>{text(label)}</text>'


def _across(frame: _Frame, level: float | None) -> str:
    if level is None:
        return ""
    y = frame.y(level)
    return f'<line class="level" x1="{_LEFT:g}" x2="{frame.right:g}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _line(frame: _Frame, curve: Curve) -> str:
    named = f"{curve.colour}{' bold' * curve.bold}{' dashed' * curve.dashed}"
    return "".join(
        f'<polyline class="{named}" points="'
        + " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in run)
        + '"/>'
        for run in _runs(curve.points)
    )


def _runs(points: Points) -> list[list[tuple[float, float]]]:
    """The stretches between gaps."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            runs.append([])
        else:
            runs[-1].append((x, y))
    return [run for run in runs if run]


def _bars(frame: _Frame, curve: Curve) -> str:
    """One bar a point, as wide as three quarters of their distance."""
    places = [frame.x(x) for x, _ in curve.points]
    apart = min((b - a for a, b in pairwise(places)), default=20.0)
    zero = frame.y(0.0)
    return "".join(
        f'<rect class="{curve.colour}" x="{at - 0.375 * apart:.1f}" '
        f'y="{min(zero, frame.y(y)):.1f}" width="{0.75 * apart:.1f}" '
        f'height="{max(1.0, abs(frame.y(y) - zero)):.1f}"/>'
        for at, (_, y) in zip(places, curve.points, strict=True)
        if y is not None
    )
