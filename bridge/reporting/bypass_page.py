"""The page of a bypassed insert: without it, with it and the difference, to switch between."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.audio import Block
from bridge.listening.deck import Deck, Track, matching_db
from bridge.listening.document import document, section
from bridge.listening.excerpts import excerpt
from bridge.listening.marking import change, clock, figure, tag, text, tiles
from bridge.listening.switcher import NULL_COLOUR, lowered, switcher
from bridge.reporting.bypassed import Bypassed

_WORDS = "The sound without this insert, brought to its loudness, beside the sound with it."


@dataclass(frozen=True)
class Place:
    """Stereo samples of one place, (2, frames): with the insert, and without it at its loudness."""

    rate_hz: int
    start_s: float
    after: Block
    before: Block


def bypass_page(found: Bypassed, place: Place) -> str:
    """Return the whole HTML text."""
    deck = _decked(found, place)
    heading = tag("h1", text(f"{found.step}, bypassed")) + tag("p", _WORDS)
    body = tag("header", heading + _tiles(found)) + tag(
        "main", section("Listen", tag("p", text(_said(place, deck))) + switcher(deck))
    )
    return document(f"{found.step}, bypassed", body)


def _tiles(found: Bypassed) -> str:
    return tiles(
        [
            ("With it", figure(found.with_lufs), "LUFS", ""),
            ("Without it", figure(found.without_lufs), "LUFS", ""),
            ("To match", change(found.gain_db), "dB", "put on A"),
            ("Difference, peak", figure(found.difference_peak_dbfs), "dBFS", ""),
            ("Difference, RMS", figure(found.difference_rms_dbfs), "dBFS", ""),
        ]
    )


def _decked(found: Bypassed, place: Place) -> Deck:
    without, with_it, left = (
        excerpt(samples, place.rate_hz, fill)
        for samples, fill in (
            (place.before, False),
            (place.after, False),
            (place.after - place.before, True),
        )
    )
    match_db = matching_db(without, with_it)
    note = change(found.gain_db + match_db, 2, "dB")
    return Deck(
        rate_hz=place.rate_hz,
        tracks=(
            Track("A: without it", note, "a", without, match_db, place.start_s),
            Track("B: with it", "as it is", "b", with_it, 0.0, place.start_s),
        ),
        chosen=1,
        null=Track("B minus A", "", NULL_COLOUR, left, 0.0, place.start_s),
    )


def _said(place: Place, deck: Deck) -> str:
    seconds = place.after.shape[1] / place.rate_hz
    return (
        f"{seconds:.1f} s around the largest difference, from {clock(place.start_s)}, both as loud "
        "as what came out of the insert is here; the null is what difference.wav holds. "
        f"{lowered(deck)}FLAC excerpts of 16 bit: what has more is rounded, with dither."
    )
