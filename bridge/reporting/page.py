"""The page: one file that opens from disk, on a phone as on a desk, in light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from bridge.planning import Engine
from bridge.reporting.chart import Chart, svgs
from bridge.reporting.charts import groups_chart, loudness_chart, spectrum_chart
from bridge.reporting.figures import change, clock, figure, tag, text
from bridge.reporting.path_cards import cards
from bridge.reporting.player import player
from bridge.reporting.racks import racks
from bridge.reporting.songbook import Songbook
from bridge.reporting.tables import diagnostics_list, measures_table, target_table, verdict
from bridge.storing import Store
from chains import Chain

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""The browser itself refuses to fetch anything for this page."""


def page(
    book: Songbook, record: Mapping[str, Any], chain: Chain, engine: Engine, store: Store
) -> str:
    """Return the whole HTML text."""
    title = f"{chain.name or 'Master'}: report"
    sections = "".join(
        [
            _section("Listen", player(book)),
            _section("What went in, what came out", measures_table(book)),
            _section("Against the target", target_table(record, chain)),
            _section("Loudness over time", _loudness(book, chain, store)),
            _section("Spectra", _spectra(book, chain, store)),
            _section("Signal path", _path(record, chain, engine)),
            _section("Diagnostics", diagnostics_list(record)),
        ]
    )
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="color-scheme" content="light dark">'
        + tag("title", text(title))
        + tag("style", _part("page.css"))
    )
    body = _header(book, record, chain, engine) + tag("main", sections) + _footer(record, engine)
    script = tag("script", _part("page.js"))
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}{script}</body></html>\n'
    )


def _part(name: str) -> str:
    return (files("bridge.reporting") / name).read_text(encoding="utf-8")


def _section(title: str, content: str) -> str:
    return tag("section", tag("h2", text(title)) + content)


def _header(book: Songbook, record: Mapping[str, Any], chain: Chain, engine: Engine) -> str:
    main = record["outputs"][0]
    measures, seconds = main["measures"], book.main.heard.frames / engine.sample_rate_hz
    facts = f"{clock(seconds)} · {engine.sample_rate_hz / 1000:g} kHz"
    target = chain.target
    wanted = None if target is None else target.integrated_lufs
    off = None if wanted is None else f"target {figure(wanted)}"
    ceiling = None if target is None else f"ceiling {figure(target.true_peak_dbtp)}"
    tiles = [
        _tile("Integrated", figure(measures["integrated_lufs"]), "LUFS", off),
        _tile("True peak", figure(measures["true_peak_dbtp"], 2), "dBTP", ceiling),
        _tile("Range", figure(measures["loudness_range_lu"]), "LU", None),
        _tile("PLR", figure(measures["plr_db"]), "dB", None),
        _tile("Drive", change(record["drive_db"], 1, ""), "dB", None),
    ]
    heading = tag("h1", text(chain.name or "Master"))
    judged = "" if target is None else f" · target {verdict(_reached(record))}"
    line = tag("p", f"{text(facts)} · {_versions(record)}{judged}")
    return tag("header", heading + line + tag("div", "".join(tiles), class_="tiles"))


def _versions(record: Mapping[str, Any]) -> str:
    names = [text(output["version"]) for output in record["outputs"]]
    return names[0] if len(names) == 1 else f"{len(names)} versions: {', '.join(names)}"


def _reached(record: Mapping[str, Any]) -> bool:
    return all(output["reached"] for output in record["outputs"])


def _tile(name: str, value: str, unit: str, note: str | None) -> str:
    under = tag("small", text(note)) if note else ""
    shown = tag("b", f"{text(value)}{tag('i', text(unit))}")
    return tag("div", tag("span", text(name)) + shown + under)


def _loudness(book: Songbook, chain: Chain, store: Store) -> str:
    target = None if chain.target is None else chain.target.integrated_lufs
    chart = loudness_chart(book, target)
    if chart is None:
        return tag("p", "Too short, or too quiet, for a short-term curve (3 s).")
    note = "3 s windows, each at its end."
    if target is not None:
        note += f" The line across is the target, {figure(target)} LUFS integrated."
    return _figure(chart, store, note)


def _spectra(book: Songbook, chain: Chain, store: Store) -> str:
    faders = {group.id: group.gain_db for group in chain.groups}
    charts = [spectrum_chart(book), groups_chart(book, faders)]
    shown = [_figure(chart, store, "") for chart in charts if chart is not None]
    return "".join(shown) or tag("p", "There is no sound to show.")


def _figure(chart: Chart, store: Store, note: str) -> str:
    drawn = svgs(chart, store)
    keys = "".join(
        tag(
            "span",
            text(line.name),
            class_="key dashed" if line.dashed else "key",
            style=f"--mine: var(--s{line.colour})",
        )
        for line in sorted(chart.lines, key=lambda line: not line.bold)
    )
    caption = tag("figcaption", keys + (tag("small", text(note)) if note else ""))
    return tag("figure", tag("h3", text(chart.title)) + drawn["wide"] + drawn["narrow"] + caption)


def _path(record: Mapping[str, Any], chain: Chain, engine: Engine) -> str:
    note = tag(
        "p",
        "Levels are dBFS; the change is of the RMS level. To hear an insert bypassed, at equal "
        "loudness, with its difference: "
        + tag("code", "stemwright report --bypass GROUP/INSERT DIR"),
        class_="hint",
    )
    return cards(racks(record, chain), record, chain, engine.sample_rate_hz) + note


def _footer(record: Mapping[str, Any], engine: Engine) -> str:
    words = f"stemwright {record['stemwright']} · {engine.host}, buffer size {engine.buffer_size}"
    return tag("footer", text(f"{words} · {engine.tempo_bpm:g} BPM"))
