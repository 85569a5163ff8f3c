"""The page's charts: loudness over time, spectra in and out, spectra of the groups."""

from __future__ import annotations

import math
from collections.abc import Mapping

from bridge.listening.marking import clock
from bridge.reporting.chart import Chart, Line
from bridge.reporting.loudness_curve import EVERY_STEPS, STEPS_PER_S, WINDOW_STEPS
from bridge.reporting.songbook import Row, Songbook
from bridge.reporting.spectrum import centres_hz

PALETTE = 9
"""Colours of the page: 0 the main master, the others in turn."""

_POINTS = 700
_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)
_TICKS_HZ = (20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)
_TIMED = frozenset({"mix", "stems", "master"})


def colours(book: Songbook) -> dict[str, int]:
    """A colour for every row by name of kind and name; the main master has colour 0."""
    others = [row for row in book.rows if row is not book.main]
    numbered = {_name(row): 1 + n % (PALETTE - 1) for n, row in enumerate(others)}
    return {**numbered, _name(book.main): 0}


def loudness_chart(book: Songbook, target_lufs: float | None) -> Chart | None:
    """Short-term loudness of the main master and what went in, at their own levels."""
    named = colours(book)
    shown = [row for row in book.rows if row.heard.kind in _TIMED or row is book.main]
    lines = [line for row in shown if (line := _timed(row, named[_name(row)])) is not None]
    values = [y for line in lines for y in line.ys if y is not None]
    if not values:
        return None
    top = 5.0 * math.ceil((max([*values, target_lufs or -70.0]) + 0.5) / 5.0)
    end_s = max(line.xs[-1] for line in lines)
    step = next((step for step in _TICKS_S if end_s / step <= 10), _TICKS_S[-1])
    return Chart(
        "Short-term loudness",
        "LUFS",
        tuple(sorted(lines, key=lambda line: line.bold)),
        tuple((float(at), clock(at, 0)) for at in range(0, math.ceil(end_s) + 1, step)),
        (0.0, end_s),
        (max(top - 40.0, 5.0 * math.floor(min(values) / 5.0) - 5.0), top),
        5.0,
        level=target_lufs,
    )


def spectrum_chart(book: Songbook) -> Chart | None:
    """Spectra of what went in and the main master, brought to one loudness."""
    named = colours(book)
    rows = [row for row in book.rows if row.heard.kind != "version" or row is book.main]
    lines = [
        _spectrum(row, named[_name(row)], book.match_db(row) or 0.0, row is book.main)
        for row in rows
        if row.found is not None
    ]
    title = "Spectra at the master's loudness"
    return _spectra(title, "Sixth-octave level at one loudness, dB", lines)


def groups_chart(book: Songbook, faders_db: Mapping[str, float]) -> Chart | None:
    """Spectra of the groups at their faders, as they meet in the sum."""
    lines = [
        _spectrum(row, 1 + n % (PALETTE - 1), faders_db.get(row.heard.name, 0.0), False)
        for n, row in enumerate(book.groups)
        if row.found is not None
    ]
    return _spectra("Spectra of the groups at their faders", "Sixth-octave level, dBFS", lines)


def _name(row: Row) -> str:
    return f"{row.heard.kind} {row.heard.name}"


def _timed(row: Row, colour: int) -> Line | None:
    curve = () if row.found is None else row.found.curve_lufs
    every = max(1, math.ceil(len(curve) / _POINTS))
    if len(curve) < 2:
        return None
    first, step = WINDOW_STEPS / STEPS_PER_S, EVERY_STEPS / STEPS_PER_S
    xs = tuple(first + step * n for n in range(0, len(curve), every))
    return Line(row.heard.name, colour, xs, curve[::every], colour == 0, row.heard.kind == "stems")


def _spectrum(row: Row, colour: int, gain_db: float, bold: bool) -> Line:
    assert row.found is not None  # noqa: S101 - narrows for the type checker
    xs = tuple(centres_hz(row.heard.rate_hz))
    ys = tuple(None if y is None else round(y + gain_db, 2) for y in row.found.spectrum_db)
    return Line(row.heard.name, colour, xs, ys, bold, row.heard.kind == "stems")


def _spectra(title: str, y_label: str, lines: list[Line]) -> Chart | None:
    values = [y for line in lines for y in line.ys if y is not None]
    if not values:
        return None
    top = 10.0 * math.ceil((max(values) + 1.0) / 10.0)
    return Chart(
        title,
        y_label,
        tuple(sorted(lines, key=lambda line: line.bold)),
        tuple((float(hz), f"{hz // 1000}k" if hz >= 1000 else str(hz)) for hz in _TICKS_HZ),
        (20.0, 20000.0),
        (max(top - 60.0, 10.0 * math.floor(min(values) / 10.0) - 10.0), top),
        10.0,
        log_x=True,
    )
