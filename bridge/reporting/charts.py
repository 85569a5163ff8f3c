"""The page's charts: loudness and gain reduction over time, spectra in and out and of groups."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bridge.listening.charts import Chart, Curve, hz_ticks, time_ticks
from bridge.reporting.loudness_curve import EVERY_STEPS, STEPS_PER_S, WINDOW_STEPS
from bridge.reporting.songbook import Row, Songbook
from bridge.reporting.spectrum import centres_hz

PALETTE = 9
"""Colours of the page: 0 the main master, the others in turn."""

_POINTS = 700
_TIMED = frozenset({"mix", "reference", "stems", "master"})


def colours(book: Songbook) -> dict[str, int]:
    """A colour for every row by name of kind and name; the main master has colour 0."""
    others = [row for row in book.rows if row is not book.main]
    numbered = {_name(row): 1 + n % (PALETTE - 1) for n, row in enumerate(others)}
    return {**numbered, _name(book.main): 0}


def loudness_chart(book: Songbook, target_lufs: float | None) -> Chart | None:
    """Short-term loudness of the main master and what went in, at their own levels.

    A reference that is another song is drawn for as long as this one goes.
    """
    named = colours(book)
    shown = [row for row in book.rows if row.heard.kind in _TIMED or row is book.main]
    own_s = max(row.heard.frames / max(1, row.heard.rate_hz) for row in shown if row.heard.beside)
    curves = [made for row in shown if (made := _timed(row, named[_name(row)], own_s)) is not None]
    values = [y for curve in curves for _, y in curve.points if y is not None]
    if not values:
        return None
    top = 5.0 * math.ceil((max([*values, target_lufs or -70.0]) + 0.5) / 5.0)
    bottom = max(top - 40.0, 5.0 * math.floor(min(values) / 5.0) - 5.0)
    end_s = max(curve.points[-1][0] for curve in curves)
    return Chart(
        "Short-term loudness",
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
    curves = [
        _spectrum(row, named[_name(row)], book.match_db(row) or 0.0, row is book.main)
        for row in rows
        if row.found is not None
    ]
    return spectra("Spectra at the master's loudness", "dBFS a sixth of an octave", curves)


def groups_chart(book: Songbook, faders_db: Mapping[str, float]) -> Chart | None:
    """Spectra of the groups at their faders, as they meet in the sum."""
    curves = [
        _spectrum(row, 1 + n % (PALETTE - 1), faders_db.get(row.heard.name, 0.0), False)
        for n, row in enumerate(book.groups)
        if row.found is not None
    ]
    return spectra("Spectra of the groups at their faders", "dBFS a sixth of an octave", curves)


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


def _timed(row: Row, colour: int, own_s: float) -> Curve | None:
    curve = () if row.found is None else row.found.curve_lufs
    every = max(1, math.ceil(len(curve) / _POINTS))
    if len(curve) < 2:
        return None
    first, step = WINDOW_STEPS / STEPS_PER_S, EVERY_STEPS / STEPS_PER_S
    ends = ((first + step * n, curve[n]) for n in range(0, len(curve), every))
    points = tuple(end for end in ends if end[0] <= own_s)
    if not points:
        return None
    dashed = row.heard.kind == "stems"
    return Curve(row.heard.name, f"s{colour}", points, bold=colour == 0, dashed=dashed)


def _spectrum(row: Row, colour: int, gain_db: float, bold: bool) -> Curve:
    assert row.found is not None  # noqa: S101 - narrows for the type checker
    dashed = row.heard.kind == "stems"
    points = spectrum_points(row.heard.rate_hz, row.found.spectrum_db, gain_db)
    return Curve(row.heard.name, f"s{colour}", points, bold=bold, dashed=dashed)


def spectrum_points(
    rate_hz: int, levels_db: Sequence[float | None], gain_db: float = 0.0
) -> tuple[tuple[float, float | None], ...]:
    """A spectrum of `bridge.reporting.spectrum`, at a gain, as points of a curve."""
    return tuple(
        (hz, None if level is None else round(level + gain_db, 2))
        for hz, level in zip(centres_hz(rate_hz), levels_db, strict=True)
    )
