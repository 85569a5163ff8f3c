"""The page: one file that opens from disk, on a phone as on a desk, in light and dark."""

from __future__ import annotations

from bridge.finished import Record
from bridge.listening.charts import chart
from bridge.listening.document import document, part, section
from bridge.listening.marking import change, clock, figure, tag, text, tiles
from bridge.planning import Engine
from bridge.reporting.charts import groups_chart, loudness_chart, spectrum_chart
from bridge.reporting.insert_sounds import SECONDS
from bridge.reporting.path_cards import cards
from bridge.reporting.player import player
from bridge.reporting.racks import racks
from bridge.reporting.reduction_charts import reduction_charts
from bridge.reporting.song import song_of
from bridge.reporting.songbook import Songbook
from bridge.reporting.tables import diagnostics_list, measures_table, target_table, verdict
from chains import Chain


def page(book: Songbook, record: Record, chain: Chain, engine: Engine) -> str:
    """Return the whole HTML text."""
    song = song_of(record)
    title = f"{song.title or chain.name or 'Master'}: report"
    sections = "".join(
        [
            section("Listen", player(book)),
            section("What went in, what came out", measures_table(book)),
            section("Against the target", target_table(record, chain)),
            section("Loudness over time", _loudness(book, chain)),
            section("Spectra", _spectra(book, chain)),
            section("Gain reduction over time", _reductions(book)),
            section("Signal path", _path(record, chain, engine, book)),
            section("Diagnostics", diagnostics_list(record)),
        ]
    )
    body = _header(book, record, chain, engine) + tag("main", sections) + _footer(record, engine)
    return document(title, body, part("bridge.reporting", "page.css"))


def _header(book: Songbook, record: Record, chain: Chain, engine: Engine) -> str:
    measures, seconds = record.outputs[0].measures, book.main.heard.frames / engine.sample_rate_hz
    song = song_of(record)
    facts = [
        *([f"revision {song.revision}"] if song.revision else []),
        *([song.date] if song.date else []),
        f"chain {chain.name}" if chain.name and song.title else "",
        _part(record),
        clock(seconds, 0) + _tail(record),
        f"{engine.sample_rate_hz / 1000:g} kHz",
        song.samples or "",
    ]
    target = chain.target
    wanted = None if target is None else target.integrated_lufs
    off = "" if wanted is None else f"target {figure(wanted)}"
    ceiling = "" if target is None else f"ceiling {figure(target.true_peak_dbtp)}"
    shown = tiles(
        [
            ("Integrated", figure(measures.integrated_lufs), "LUFS", off),
            ("True peak", figure(measures.true_peak_dbtp, 2), "dBTP", ceiling),
            ("Range", figure(measures.loudness_range_lu), "LU", ""),
            ("PLR", figure(measures.plr_db), "dB", ""),
            ("Drive", change(record.drive_db, 1), "dB", ""),
        ]
    )
    heading = tag("h1", text(song.title or chain.name or "Master"))
    judged = "" if target is None else f" · target {verdict(_reached(record))}"
    known = " · ".join(text(fact) for fact in facts if fact)
    line = tag("p", f"{known} · {_versions(record)}{judged}")
    if not song.date:
        line += _dated()
    return tag("header", heading + line + shown)


def _part(record: Record) -> str:
    """That this is no master but a part of one, and which."""
    if record.range is None or record.range.end_s is None:
        return ""
    start, end = clock(record.range.start_s, 1), clock(record.range.end_s, 1)
    return f"a range: {start} to {end} of the song"


def _tail(record: Record) -> str:
    """How much of the length comes after the longest stem."""
    tail_s = 0.0 if record.length is None else record.length.tail_s
    return f" ({tail_s:g} s of it tail)" if tail_s > 0.0 else ""


def _dated() -> str:
    """The day of this file, which its own bytes do not hold: the browser reads it off the disk."""
    return tag("p", "this file is of " + tag("time", "", id="dated"), class_="hint", hidden="")


def _versions(record: Record) -> str:
    names = [text(output.version) for output in record.outputs]
    if record.only:
        return f"only {', '.join(names)}, with the main master's drive"
    return names[0] if len(names) == 1 else f"{len(names)} versions: {', '.join(names)}"


def _reached(record: Record) -> bool:
    return all(output.reached for output in record.outputs)


def _loudness(book: Songbook, chain: Chain) -> str:
    target = None if chain.target is None else chain.target.integrated_lufs
    drawn = loudness_chart(book, target)
    if drawn is None:
        return tag("p", "Too short, or too quiet, for a short-term curve (3 s).")
    note = "3 s windows, each at its end."
    if target is not None:
        note += f" The line across is the target, {figure(target)} LUFS integrated."
    return chart(drawn, note)


def _spectra(book: Songbook, chain: Chain) -> str:
    faders = {group.id: group.gain_db for group in chain.groups}
    charts = [spectrum_chart(book), groups_chart(book, faders)]
    shown = [chart(drawn) for drawn in charts if drawn is not None]
    return "".join(shown) or tag("p", "There is no sound to show.")


def _reductions(book: Songbook) -> str:
    shown = "".join(chart(drawn) for drawn in reduction_charts(book.reductions_db))
    if shown or not book.reductions_db:
        return shown
    return tag("p", "No insert of ours turned anything down.")


def _path(record: Record, chain: Chain, engine: Engine, book: Songbook) -> str:
    note = tag(
        "p",
        f"{_heard(book)}Levels are dBFS; the change is of the RMS level. To hear an insert without "
        "loss, with its difference and what it does to the master, on a page of its own: "
        + tag("code", "stemwright report --bypass GROUP/INSERT DIR"),
        class_="hint",
    )
    return cards(racks(record, chain), record, chain, engine.sample_rate_hz, book) + note


def _heard(book: Songbook) -> str:
    if not book.inserts:
        return ""
    at = clock(float(book.main.start_s), 0)
    return (
        f"Before and After play {SECONDS} s from {at} around an insert, at one loudness, at "
        "preview quality. "
    )


def _footer(record: Record, engine: Engine) -> str:
    words = f"stemwright {record.stemwright} · {engine.host}, buffer size {engine.buffer_size}"
    return tag("footer", text(f"{words} · {engine.tempo_bpm:g} BPM"))
