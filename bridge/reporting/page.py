"""The page: one file that opens from disk, on a phone as on a desk, in light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.listening.document import document, part, section
from bridge.listening.marking import change, clock, figure, tag, text, tiles
from bridge.planning import Engine
from bridge.reporting.chart import Chart, svgs
from bridge.reporting.charts import groups_chart, loudness_chart, spectrum_chart
from bridge.reporting.path_cards import cards
from bridge.reporting.player import player
from bridge.reporting.racks import racks
from bridge.reporting.songbook import Songbook
from bridge.reporting.tables import diagnostics_list, measures_table, target_table, verdict
from bridge.storing import Store
from chains import Chain


def page(
    book: Songbook, record: Mapping[str, Any], chain: Chain, engine: Engine, store: Store
) -> str:
    """Return the whole HTML text."""
    title = f"{chain.name or 'Master'}: report"
    sections = "".join(
        [
            section("Listen", player(book)),
            section("What went in, what came out", measures_table(book)),
            section("Against the target", target_table(record, chain)),
            section("Loudness over time", _loudness(book, chain, store)),
            section("Spectra", _spectra(book, chain, store)),
            section("Signal path", _path(record, chain, engine)),
            section("Diagnostics", diagnostics_list(record)),
        ]
    )
    body = _header(book, record, chain, engine) + tag("main", sections) + _footer(record, engine)
    return document(title, body, part("bridge.reporting", "page.css"))


def _header(book: Songbook, record: Mapping[str, Any], chain: Chain, engine: Engine) -> str:
    main = record["outputs"][0]
    measures, seconds = main["measures"], book.main.heard.frames / engine.sample_rate_hz
    facts = f"{clock(seconds, 0)}{_tail(record)} · {engine.sample_rate_hz / 1000:g} kHz"
    target = chain.target
    wanted = None if target is None else target.integrated_lufs
    off = "" if wanted is None else f"target {figure(wanted)}"
    ceiling = "" if target is None else f"ceiling {figure(target.true_peak_dbtp)}"
    shown = tiles(
        [
            ("Integrated", figure(measures["integrated_lufs"]), "LUFS", off),
            ("True peak", figure(measures["true_peak_dbtp"], 2), "dBTP", ceiling),
            ("Range", figure(measures["loudness_range_lu"]), "LU", ""),
            ("PLR", figure(measures["plr_db"]), "dB", ""),
            ("Drive", change(record["drive_db"], 1), "dB", ""),
        ]
    )
    heading = tag("h1", text(chain.name or "Master"))
    judged = "" if target is None else f" · target {verdict(_reached(record))}"
    line = tag("p", f"{text(facts)} · {_versions(record)}{judged}")
    return tag("header", heading + line + shown)


def _tail(record: Mapping[str, Any]) -> str:
    """How much of the length comes after the longest stem."""
    length = record.get("length", {})
    tail_s = length.get("tail_s", 0.0)
    return f" ({tail_s:g} s of it tail)" if tail_s > 0.0 else ""


def _versions(record: Mapping[str, Any]) -> str:
    names = [text(output["version"]) for output in record["outputs"]]
    return names[0] if len(names) == 1 else f"{len(names)} versions: {', '.join(names)}"


def _reached(record: Mapping[str, Any]) -> bool:
    return all(output["reached"] for output in record["outputs"])


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
        "loudness, with its difference, on a page of its own: "
        + tag("code", "stemwright report --bypass GROUP/INSERT DIR"),
        class_="hint",
    )
    return cards(racks(record, chain), record, chain, engine.sample_rate_hz) + note


def _footer(record: Mapping[str, Any], engine: Engine) -> str:
    words = f"stemwright {record['stemwright']} · {engine.host}, buffer size {engine.buffer_size}"
    return tag("footer", text(f"{words} · {engine.tempo_bpm:g} BPM"))
