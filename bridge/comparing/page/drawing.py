"""Charts as SVG text: the same bytes for the same numbers, coloured by the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.listening.marking import figure, tag, text

_SIZES = {"wide": (1040.0, 250.0), "narrow": (350.0, 230.0)}
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 10.0, 10.0, 26.0
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60)


@dataclass(frozen=True)
class Curve:
    """A line through `points`, or bars from 0 where `bars`; `colour` is a class of the page."""

    name: str
    colour: str
    points: tuple[tuple[float, float], ...]
    bars: bool = False


@dataclass(frozen=True)
class Chart:
    """Curves over ticks of x, each a place and its label; y is scaled to what is drawn."""

    title: str
    unit: str
    curves: tuple[Curve, ...]
    ticks: tuple[tuple[float, str], ...]
    x_range: tuple[float, float]


@dataclass(frozen=True)
class _Frame:
    size: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def x(self, value: float) -> float:
        low, high = self.x_range
        width = _SIZES[self.size][0] - _LEFT - _RIGHT
        return _LEFT + width * (value - low) / ((high - low) or 1.0)

    def y(self, value: float) -> float:
        low, high = self.y_range
        height = _SIZES[self.size][1] - _TOP - _BOTTOM
        return _TOP + height * (high - value) / (high - low)


def chart(drawn: Chart) -> str:
    """A figure with the chart for a desk and for a phone, and the names of its curves."""
    keys = "".join(
        tag("span", text(each.name), class_=f"key {each.colour}") for each in drawn.curves
    )
    title = tag("h3", f"{text(drawn.title)} {tag('small', text(drawn.unit))}")
    return tag("figure", title + "".join(_svg(drawn, s) for s in _SIZES) + tag("figcaption", keys))


def _svg(drawn: Chart, size: str) -> str:
    values = [y for curve in drawn.curves for _, y in curve.points]
    values += [0.0] if any(curve.bars for curve in drawn.curves) else []
    step, low, high = _scale(values)
    frame = _Frame(size, drawn.x_range, (low, high))
    digits = max(0, math.ceil(-math.log10(step) - 1e-9))
    count = round((high - low) / step) + 1
    grid = "".join(_level(frame, low + step * n, digits) for n in range(count))
    ticks = drawn.ticks if size == "wide" else drawn.ticks[:: math.ceil(len(drawn.ticks) / 5)]
    below = "".join(_tick(frame, at, label) for at, label in ticks)
    curves = "".join(_bars(frame, c) if c.bars else _line(frame, c) for c in drawn.curves)
    width, height = _SIZES[size]
    return tag(
        "svg",
        grid + below + curves,
        class_=f"chart {size}",
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=drawn.title,
    )


def _scale(values: Sequence[float]) -> tuple[float, float, float]:
    """The step between grid lines, and the lowest and highest of them."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    step = next((each for each in _STEPS if (high - low) / each <= 6), 100.0)
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    return (step, bottom, top) if top > bottom else (step, bottom - step, bottom + step)


def _level(frame: _Frame, value: float, digits: int) -> str:
    y, right = frame.y(value), _SIZES[frame.size][0] - _RIGHT
    line = f'<line class="grid" x1="{_LEFT:g}" x2="{right:g}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return (
        line + f'<text class="y" x="{_LEFT - 6:g}" y="{y + 4:.1f}">{figure(value, digits)}</text>'
    )


def _tick(frame: _Frame, at: float, label: str) -> str:
    y = _SIZES[frame.size][1] - 6
    return f'<text class="x" x="{frame.x(at):.1f}" y="{y:g}">{text(label)}</text>'


def _line(frame: _Frame, curve: Curve) -> str:
    points = " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in curve.points)
    return f'<polyline class="{curve.colour}" points="{points}"/>'


def _bars(frame: _Frame, curve: Curve) -> str:
    """One bar a point, as wide as three quarters of their distance."""
    apart = (frame.x(frame.x_range[1]) - frame.x(frame.x_range[0])) / max(1, len(curve.points))
    zero = frame.y(0.0)
    return "".join(
        f'<rect class="{curve.colour}" x="{frame.x(x) - 0.375 * apart:.1f}" '
        f'y="{min(zero, frame.y(y)):.1f}" width="{0.75 * apart:.1f}" '
        f'height="{max(1.0, abs(frame.y(y) - zero)):.1f}"/>'
        for x, y in curve.points
    )
