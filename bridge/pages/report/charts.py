"""The page's charts: loudness and gain reduction over time, spectra in and out and of groups."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bridge.metering import EVERY_STEPS, SIXTHS, STEPS_PER_S, WINDOW_STEPS
from bridge.pages import Chart, Curve, clock, figure, hz_ticks, tag, text, time_ticks
from bridge.pages.report.contents import Row, Songbook
from stemwright.values import dataclass

PALETTE = 9
"""Colours of the page: 0 the main master, the others in turn."""

_POINTS = 700
_TIMED = frozenset({"mix", "reference", "stems", "master"})


def colours(book: Songbook) -> dict[str, int]:
    """A colour for every row by name of kind and name; the main master has colour 0."""
    others = [row for row in book.rows if row is not book.main]
    numbered = {_name(row): 1 + n % (PALETTE - 1) for n, row in enumerate(others)}
    return {**numbered, _name(book.main): 0}


@dataclass(frozen=True)
class Drawn:
    """A row as a curve: in the colour of this number, at this gain; `bold` is what others meet."""

    row: Row
    colour: int
    gain_db: float = 0.0
    bold: bool = False


def loudness_chart(book: Songbook, target_lufs: float | None) -> Chart | None:
    """Short-term loudness of the main master and what went in, at their own levels."""
    named = colours(book)
    shown = [row for row in book.rows if row.heard.kind in _TIMED or row is book.main]
    drawn = [Drawn(row, named[_name(row)], bold=row is book.main) for row in shown]
    return loudness_over_time("Short-term loudness", drawn, target_lufs)


def loudness_over_time(
    title: str, drawn: Sequence[Drawn], target_lufs: float | None = None
) -> Chart | None:
    """Short-term loudness of several; None where none is long enough.

    A reference that is another song is drawn for as long as this one goes.
    """
    heard = [each.row.heard for each in drawn if each.row.heard.beside]
    own_s = max(each.frames / max(1, each.rate_hz) for each in heard)
    curves = [made for each in drawn if (made := _timed(each, own_s)) is not None]
    values = [y for curve in curves for _, y in curve.points if y is not None]
    if not values:
        return None
    top = 5.0 * math.ceil((max([*values, target_lufs or -70.0]) + 0.5) / 5.0)
    bottom = max(top - 40.0, 5.0 * math.floor(min(values) / 5.0) - 5.0)
    end_s = max(curve.points[-1][0] for curve in curves)
    return Chart(
        title,
        "LUFS",
        "minutes:seconds",
        _bold_last(curves),
        time_ticks(end_s),
        (0.0, end_s),
        (bottom, top),
        level=target_lufs,
    )


def spectrum_chart(book: Songbook) -> Chart | None:
    """Spectra of what went in and the main master, brought to one loudness."""
    named = colours(book)
    rows = [row for row in book.rows if row.heard.kind != "version" or row is book.main]
    drawn = [
        Drawn(row, named[_name(row)], book.match_db(row) or 0.0, row is book.main) for row in rows
    ]
    return spectra_of("Spectra at the master's loudness", drawn)


def groups_chart(book: Songbook, faders_db: Mapping[str, float]) -> Chart | None:
    """Spectra of the groups at their faders, as they meet in the sum."""
    drawn = [
        Drawn(row, 1 + n % (PALETTE - 1), faders_db.get(row.heard.name, 0.0))
        for n, row in enumerate(book.groups)
    ]
    return spectra_of("Spectra of the groups at their faders", drawn)


def spectra_of(title: str, drawn: Sequence[Drawn]) -> Chart | None:
    """Spectra of several; None where none has sound."""
    curves = [_spectrum(each) for each in drawn if each.row.found is not None]
    return spectra(title, "dBFS a sixth of an octave", curves)


def spectra(title: str, unit: str, curves: Sequence[Curve]) -> Chart | None:
    """Spectra over one another; None where none has sound."""
    values = [y for curve in curves for _, y in curve.points if y is not None]
    if not values:
        return None
    top = 10.0 * math.ceil((max(values) + 1.0) / 10.0)
    bottom = max(top - 60.0, 10.0 * math.floor(min(values) / 10.0) - 10.0)
    return Chart(
        title,
        unit,
        "Hz",
        _bold_last(curves),
        hz_ticks(),
        (20.0, 20000.0),
        (bottom, top),
        log_x=True,
    )


def _bold_last(curves: Sequence[Curve]) -> tuple[Curve, ...]:
    return tuple(sorted(curves, key=lambda curve: curve.bold))


def _name(row: Row) -> str:
    return f"{row.heard.kind} {row.heard.name}"


def _timed(drawn: Drawn, own_s: float) -> Curve | None:
    row = drawn.row
    curve = () if row.found is None else row.found.curve_lufs
    every = max(1, math.ceil(len(curve) / _POINTS))
    if len(curve) < 2:
        return None
    first, step = WINDOW_STEPS / STEPS_PER_S, EVERY_STEPS / STEPS_PER_S
    ends = ((first + step * n, curve[n]) for n in range(0, len(curve), every))
    points = tuple(
        (at, None if level is None else level + drawn.gain_db) for at, level in ends if at <= own_s
    )
    return _curve(drawn, points) if points else None


def _spectrum(drawn: Drawn) -> Curve:
    row = drawn.row
    assert row.found is not None  # noqa: S101 - narrows for the type checker
    return _curve(drawn, spectrum_points(row.heard.rate_hz, row.found.spectrum_db, drawn.gain_db))


def _curve(drawn: Drawn, points: tuple[tuple[float, float | None], ...]) -> Curve:
    heard = drawn.row.heard
    dashed = heard.kind == "stems"
    return Curve(heard.name, f"s{drawn.colour}", points, bold=drawn.bold, dashed=dashed)


def spectrum_points(
    rate_hz: int, levels_db: Sequence[float | None], gain_db: float = 0.0
) -> tuple[tuple[float, float | None], ...]:
    """A `SixthOctaveSpectrum`, at a gain, as points of a curve."""
    return tuple(
        (hz, None if level is None else round(level + gain_db, 2))
        for hz, level in zip(SIXTHS.centres_hz(rate_hz), levels_db, strict=True)
    )


_REDUCTION_POINTS = 700
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
            _points(curves[name], _REDUCTION_POINTS),
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
