"""Line charts as SVG inside the page: the same bytes for the same numbers, coloured by its CSS."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from io import StringIO
from typing import TYPE_CHECKING, Any

from bridge.storing import Store, digest

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_VERSION = 1
_INK, _GRID = "#010203", "#010204"
_LINE = "#0102{:02x}"
_FIRST_LINE = 16
_SIZES_INCHES = {"wide": (10.4, 3.6), "narrow": (4.6, 3.5)}
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10.5,
    "axes.unicode_minus": True,
    "axes.edgecolor": _GRID,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "grid.color": _GRID,
    "grid.linewidth": 0.7,
}


@dataclass(frozen=True)
class Line:
    """One curve: `colour` numbers the page's palette, `bold` marks the one the rest is about.

    A None in `ys` is a gap. A `dashed` one lets an equal curve under it be seen.
    """

    name: str
    colour: int
    xs: tuple[float, ...]
    ys: tuple[float | None, ...]
    bold: bool = False
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """What is drawn: axes in words, ticks of x with their labels, whether x is logarithmic.

    `level` draws a dashed line across, such as a target.
    """

    title: str
    y_label: str
    lines: tuple[Line, ...]
    x_ticks: tuple[tuple[float, str], ...]
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    y_step: float
    log_x: bool = False
    level: float | None = None


def svgs(chart: Chart, store: Store) -> dict[str, str]:
    """Return the chart as `wide` and `narrow` SVG text, from the store when it was drawn before."""
    key = digest(
        "report.chart", version=_VERSION, library=version("matplotlib"), chart=asdict(chart)
    )
    entry = store.get(key)
    if entry is not None:
        return dict(entry.meta["svgs"])
    drawn = {size: _drawn(chart, size) for size in _SIZES_INCHES}
    store.put(key, {"pcm": None, "svgs": drawn})
    return drawn


def _drawn(chart: Chart, size: str) -> str:
    from matplotlib import rc_context  # 0.3 s that a report out of the store never needs
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    salt = f"{chart.title}/{size}"
    with rc_context(_SETTINGS | {"svg.hashsalt": salt}):
        figure = Figure(figsize=_SIZES_INCHES[size])
        FigureCanvasSVG(figure)
        axes = figure.add_axes(_margins(size))
        _axes(axes, chart, size)
        for line in chart.lines:
            _line(axes, line)
        out = StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata=_NO_METADATA)
    return _themed(out.getvalue(), chart, size)


_NO_METADATA: dict[str, Any] = {"Date": None, "Creator": None, "Format": None, "Type": None}


def _margins(size: str) -> tuple[float, float, float, float]:
    return (0.045, 0.115, 0.93, 0.775) if size == "wide" else (0.09, 0.115, 0.87, 0.765)


def _axes(axes: Axes, chart: Chart, size: str) -> None:
    if chart.log_x:
        axes.set_xscale("log")
    axes.set_xlim(chart.x_range)
    axes.set_ylim(chart.y_range)
    ticks = chart.x_ticks if size == "wide" else chart.x_ticks[::2]
    axes.set_xticks([at for at, _ in ticks], [label for _, label in ticks])
    low, high = chart.y_range
    steps = range(round((high - low) / chart.y_step) + 1)
    axes.set_yticks([low + chart.y_step * n for n in steps])
    axes.minorticks_off()
    axes.tick_params(axis="x", pad=7)
    axes.yaxis.set_major_formatter("{x:.0f}")
    axes.grid(True)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.set_title(chart.y_label, loc="left", color=_INK, fontsize=10.5, pad=8, x=0.0)
    if chart.level is not None:
        axes.axhline(chart.level, color=_INK, linewidth=1.0, linestyle=(0, (4, 4)))


def _line(axes: Axes, line: Line) -> None:
    ys = [float("nan") if y is None else y for y in line.ys]
    colour = _LINE.format(_FIRST_LINE + line.colour)
    style = (0, (4, 3)) if line.dashed else "solid"
    axes.plot(line.xs, ys, color=colour, linewidth=2.2 if line.bold else 1.5, linestyle=style)


def _themed(text: str, chart: Chart, size: str) -> str:
    """Cut the XML head and styles off; turn the marker colours into the page's own."""
    body = text[text.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<style type=\"text/css\">.*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r" font-family: [^;\"]*;", "", body)
    body = re.sub(r" id=\"(?!p[0-9a-f]{10}\")[^\"]*\"", "", body)
    body = body.replace(_INK, "var(--ink-2)").replace(_GRID, "var(--grid)")
    body = re.sub(r"#0102([1-9a-f][0-9a-f])", _palette, body)
    body = re.sub(r"<svg [^>]*viewBox=(\"[^\"]*\")[^>]*>", _opened(chart, size), body, count=1)
    return re.sub(r"\s*\n\s*", "\n", body).strip()


def _palette(match: re.Match[str]) -> str:
    return f"var(--s{int(match[1], 16) - _FIRST_LINE})"


def _opened(chart: Chart, size: str) -> Callable[[re.Match[str]], str]:
    title = chart.title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")

    def opened(match: re.Match[str]) -> str:
        box = match[1]
        return f'<svg class="{size}" viewBox={box} role="img" aria-label="{title}">'

    return opened
