"""Gain reduction over time: a chart of the master's and of the groups', a strip for each insert."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bridge.listening.charts import Chart, Curve, time_ticks
from bridge.listening.marking import clock, figure, tag, text
from bridge.reporting.loudness_curve import STEPS_PER_S

_POINTS = 700
_STRIP_POINTS = 200
_STRIP_DB = 6.0
_IDLE_DB = -0.05
_LINES = 8


def reduction_charts(reductions_db: Mapping[str, Sequence[float]]) -> list[Chart]:
    """The master bus with the finish of the main master, then the groups and returns."""
    moved = {
        name: curve
        for name, curve in reductions_db.items()
        if min(curve, default=0.0) < _IDLE_DB
        if not name.startswith("finish/") or name == "finish/main"
    }
    last = {name: curve for name, curve in moved.items() if name.startswith(("master/", "finish/"))}
    first = {name: curve for name, curve in moved.items() if name not in last}
    charts = [("Master bus and finish", last), ("Groups and returns", first)]
    return [_chart(title, curves) for title, curves in charts if curves]


def reduction_chart(name: str, curve_db: Sequence[float]) -> Chart | None:
    """One insert's; nothing where it never turned anything down."""
    return None if min(curve_db, default=0.0) >= _IDLE_DB else _chart(name, {name: curve_db})


def _chart(title: str, curves: Mapping[str, Sequence[float]]) -> Chart:
    deepest = sorted(curves, key=lambda name: min(curves[name]))[:_LINES]
    shown = [name for name in curves if name in deepest]
    end_s = max(len(curves[name]) for name in shown) / STEPS_PER_S
    low = min(min(curves[name]) for name in shown)
    lines = tuple(
        Curve(
            name.replace("finish/main", "finish limiter"),
            "s0" if name == "finish/main" else f"s{1 + n % 8}",
            _points(curves[name], _POINTS),
            bold=name == "finish/main",
        )
        for n, name in enumerate(shown)
    )
    return Chart(
        title, "dB of gain", "minutes:seconds", lines, time_ticks(end_s), (0.0, end_s),
        (2.0 * math.floor(low / 2.0), 0.0),
    )  # fmt: skip


def reduction_strip(name: str, curve_db: Sequence[float]) -> str:
    """A small picture of one insert's gain over the song; nothing where it never moved."""
    deepest = min(curve_db, default=0.0)
    if deepest >= _IDLE_DB:
        return ""
    floor = min(-_STRIP_DB, deepest)
    end_s = len(curve_db) / STEPS_PER_S
    points = " ".join(
        f"{1000.0 * x / end_s:.0f},{40.0 * (y or 0.0) / floor:.1f}"
        for x, y in _points(curve_db, _STRIP_POINTS)
    )
    drawn = tag(
        "svg",
        f'<polygon points="0,0 {points} 1000,0"/>',
        class_="strip",
        viewBox="0 0 1000 40",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"{name}: gain over time",
    )
    words = f"gain over time, 0 to {figure(floor, 1, 'dB')}, 0:00 to {clock(end_s, 0)}"
    return tag("div", drawn + tag("small", text(words)), class_="reduced")


def _points(curve_db: Sequence[float], most: int) -> tuple[tuple[float, float | None], ...]:
    """The deepest of as many steps as fit one point, at their middle."""
    every = max(1, math.ceil(len(curve_db) / most))
    return tuple(
        ((start + every / 2) / STEPS_PER_S, min(curve_db[start : start + every]))
        for start in range(0, len(curve_db), every)
    )
