"""What the page plays: what went in and what came out, as loud as the main master is there."""

from __future__ import annotations

from bridge.listening.deck import Deck, Track, matching_db
from bridge.listening.excerpts import Excerpt
from bridge.listening.marking import change, clock, tag, text
from bridge.listening.switcher import lowered, switcher
from bridge.reporting.charts import colours
from bridge.reporting.songbook import SAME_SONG, Row, Songbook
from bridge.reporting.tables import KINDS


def player(book: Songbook) -> str:
    """The switcher with its data; a sentence when there is nothing to play."""
    playable = [(row, row.excerpt) for row in book.rows if row.excerpt is not None]
    if not playable:
        return tag("p", "No audio is at hand for excerpts; render again to hear it here.")
    deck = _decked(playable, book)
    return tag("p", text(_said(playable, deck))) + switcher(deck)


def _decked(playable: list[tuple[Row, Excerpt]], book: Songbook) -> Deck:
    rows = [row for row, _ in playable]
    main = next((n for n, row in enumerate(rows) if row.heard == book.main.heard), 0)
    named = colours(book)
    to, rate_hz = playable[main][1], rows[main].heard.rate_hz
    tracks = tuple(
        Track(
            name=row.heard.name,
            note=_note(row, matching_db(made, to), n == main, rate_hz),
            colour=f"s{named[f'{row.heard.kind} {row.heard.name}']}",
            excerpt=made,
            match_db=matching_db(made, to),
            start_s=float(row.start_s),
            place="" if row.heard.kind in SAME_SONG else f"{row.heard.kind} {row.heard.name}",
        )
        for n, (row, made) in enumerate(playable)
    )
    return Deck(rate_hz, tracks, (_before(rows, main), main), chosen=main)


def _note(row: Row, match_db: float, main: bool, rate_hz: int) -> str:
    gain = "as it is" if main else change(match_db, 1, "dB").replace(" ", "\N{NO-BREAK SPACE}")
    own_hz = row.heard.rate_hz
    converted = "" if own_hz == rate_hz else f", from {own_hz / 1000:g} kHz"
    return f"{KINDS[row.heard.kind]}, {gain}{converted}"


def _before(rows: list[Row], main: int) -> int:
    """What the master is compared with first: the rough mix, else the stems, else anything."""
    ranks = {"mix": 0, "stems": 1}
    others = [n for n in range(len(rows)) if n != main]
    return min(others, key=lambda n: ranks.get(rows[n].heard.kind, 2), default=main)


def _said(playable: list[tuple[Row, Excerpt]], deck: Deck) -> str:
    start_s = deck.tracks[deck.chosen].start_s
    seconds = max(made.seconds for _, made in playable)
    return (
        f"{seconds:g} s around the loudest moment, from {clock(start_s, 0)}, the same place in all "
        "of this song (a reference plays its own loudest moment). Every signal plays as loud as "
        f"the main master is here, by the decibels on its button. {lowered(deck)}"
        "FLAC excerpts of 16 bit: what has more bits than that is rounded, with dither."
    )
