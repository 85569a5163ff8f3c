"""What the page plays: what went in and what came out, as loud as the main master is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bridge.listening.deck import Deck, Track, matching_db
from bridge.listening.excerpts import PREVIEW_HZ, Excerpt
from bridge.listening.marking import change, clock, tag
from bridge.listening.switcher import lowered, players
from bridge.reporting.charts import colours
from bridge.reporting.songbook import Row, Songbook
from bridge.reporting.tables import KINDS, placement

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
