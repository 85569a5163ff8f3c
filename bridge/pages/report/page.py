"""The page: one file that opens from disk, on a phone as on a desk, in light and dark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bridge.finished import Engine, Record
from bridge.pages import (
    PREVIEW_HZ,
    Deck,
    Excerpt,
    Track,
    change,
    chart,
    clock,
    document,
    figure,
    lowered,
    matching_db,
    part,
    players,
    section,
    tag,
    text,
    tiles,
)
from bridge.pages.report.beside_section import beside_section, playback_section
from bridge.pages.report.charts import (
    colours,
    groups_chart,
    loudness_chart,
    reduction_charts,
    spectrum_chart,
)
from bridge.pages.report.contents import Row, Songbook
from bridge.pages.report.excerpts import SECONDS
from bridge.pages.report.path_cards import cards, racks
from bridge.pages.report.song import song_of
from bridge.pages.report.tables import (
    KINDS,
    diagnostics_list,
    measures_table,
    placement,
    target_table,
    verdict,
)
from chains import Chain

Playable = Sequence[tuple[Row, Excerpt]]


def player(book: Songbook) -> str:
    """The players with their data; a sentence when there is nothing to play."""
    excerpts = [(row, row.excerpt) for row in book.rows if row.excerpt is not None]
    wholes = [(row, row.whole) for row in book.rows if row.whole is not None]
    if not excerpts:
        return tag("p", "No audio is at hand for excerpts; render again to hear it here.")
    decks = [_whole_deck(wholes, book)] if len(wholes) == len(excerpts) else []
    return players([*decks, _excerpt_deck(excerpts, book)])


def _whole_deck(playable: Playable, book: Songbook) -> Deck:
    def match_db(row: Row, _: Excerpt) -> float:
        return book.match_db(row) or 0.0

    def said(deck: Deck) -> str:
        return (
            "All of it, at preview quality (MP3 of about 120 kbit/s, up to 15 kHz). Every signal "
            f"plays as loud as the whole {_measure(book)} is, by the decibels on its button. "
            f"{lowered(deck)}The null and the blind test are in the excerpt, which is lossless."
        )

    return _decked("Whole song", playable, book, match_db, (0.0, said))


def _excerpt_deck(playable: Playable, book: Songbook) -> Deck:
    to = playable[_main(playable, book)][1]

    def match_db(_: Row, made: Excerpt) -> float:
        return matching_db(made, to)

    def said(deck: Deck) -> str:
        return (
            f"{deck.seconds:g} s around the loudest moment, from "
            f"{clock(deck.tracks[deck.chosen].start_s, 0)}, the same place in all of this song "
            "(another one plays its own loudest moment). Every signal plays as loud as the "
            f"{_measure(book)} is here, by the decibels on its button. {lowered(deck)}FLAC "
            "excerpts of 16 bit: what has more bits than that is rounded, with dither."
        )

    return _decked("Excerpt, lossless", playable, book, match_db, (None, said))


def _measure(book: Songbook) -> str:
    """What everything is as loud as: the main master, but of a render that has other versions."""
    name = book.main.heard.name
    return "main master" if name == "main" else f"version {name}"


def _main(playable: Playable, book: Songbook) -> int:
    return next((n for n, (row, _) in enumerate(playable) if row.heard == book.main.heard), 0)


def _decked(
    name: str,
    playable: Playable,
    book: Songbook,
    match_db: Callable[[Row, Excerpt], float],
    told: tuple[float | None, Callable[[Deck], str]],
) -> Deck:
    """`told` is where all start, None where each has its own place, and what is said of them."""
    rows, main = [row for row, _ in playable], _main(playable, book)
    named, start_s = colours(book), told[0]
    rate_hz = rows[main].heard.rate_hz
    tracks = tuple(
        Track(
            name=row.heard.name,
            note=_note(row, match_db(row, made), n == main, rate_hz),
            colour=f"s{named[f'{row.heard.kind} {row.heard.name}']}",
            excerpt=made,
            match_db=match_db(row, made),
            start_s=float(row.start_s) if start_s is None else start_s,
            place="" if row.heard.beside else f"{row.heard.kind} {row.heard.name}",
        )
        for n, (row, made) in enumerate(playable)
    )
    played_hz = PREVIEW_HZ if tracks[main].excerpt.codec == "mp3" else rate_hz
    deck = Deck(played_hz, tracks, (_before(rows, main), main), chosen=main, name=name)
    return replace(deck, said=told[1](deck))


def _note(row: Row, match_db: float, main: bool, rate_hz: int) -> str:
    gain = "as it is" if main else change(match_db, 1, "dB").replace(" ", "\N{NO-BREAK SPACE}")
    own_hz = row.heard.rate_hz
    converted = "" if own_hz == rate_hz else f", from {own_hz / 1000:g} kHz"
    return f"{KINDS[row.heard.kind]}, {gain}{converted}{placement(row.heard)}"


def _before(rows: list[Row], main: int) -> int:
    """What the master is compared with first: the rough mix, else the stems, else anything."""
    ranks = {"mix": 0, "stems": 1}
    others = [n for n in range(len(rows)) if n != main]
    return min(others, key=lambda n: ranks.get(rows[n].heard.kind, 2), default=main)


def page(book: Songbook, record: Record, chain: Chain, engine: Engine) -> str:
    """Return the whole HTML text."""
    song = song_of(record)
    title = f"{song.title or chain.name or 'Master'}: report"
    sections = "".join(
        [
            section("Listen", player(book)),
            section("What went in, what came out", measures_table(book)),
            section("Against the target", target_table(record, chain)),
            section("Beside the rough mix and the reference", beside_section(record.beside)),
            section("As services play it", playback_section(record.playback)),
            section("Loudness over time", _loudness(book, chain)),
            section("Spectra", _spectra(book, chain)),
            section("Gain reduction over time", _reductions(book)),
            section("Signal path", _path(record, chain, engine, book)),
            section("Diagnostics", diagnostics_list(record)),
        ]
    )
    body = _header(book, record, chain, engine) + tag("main", sections) + _footer(record, engine)
    return document(title, body, part("bridge.pages.report", "page.css"))


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
