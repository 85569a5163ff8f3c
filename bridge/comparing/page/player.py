"""What the page plays: A, B at A's loudness, and what remains."""

from __future__ import annotations

from bridge.comparing.page.signals import Signals
from bridge.listening.deck import Deck, Track, matching_db
from bridge.listening.excerpts import excerpt
from bridge.listening.marking import change, clock, tag, text
from bridge.listening.switcher import NULL_COLOUR, lowered, switcher


def player(found: Signals) -> str:
    """The section's content with its data."""
    deck = decked(found)
    louder_db = deck.tracks[1].match_db + found.undone_db
    return tag("p", text(_said(found, deck, louder_db))) + switcher(deck)


def decked(found: Signals) -> Deck:
    """Encode the excerpts; more channels than two are played by the first two."""
    start_s = found.excerpt_s
    a, b, left = (
        excerpt(each[:2], found.rate_hz, fill)
        for each, fill in ((found.a, False), (found.b, False), (found.b - found.a, True))
    )
    match_db = matching_db(b, a)
    return Deck(
        rate_hz=found.rate_hz,
        tracks=(
            Track("A", "", "a", a, 0.0, start_s),
            Track("B", change(match_db + found.undone_db, 2, "dB"), "b", b, match_db, start_s),
        ),
        null=Track("B minus A", "", NULL_COLOUR, left, 0.0, start_s),
    )


def _said(found: Signals, deck: Deck, louder_db: float) -> str:
    seconds = found.a.shape[1] / found.rate_hz
    where = (
        f"{seconds:.1f} s around the largest difference, from {clock(found.excerpt_s)}, aligned. "
    )
    matched = (
        f"B plays {_louder(louder_db)}, which makes it as loud as A here; the null is B minus "
        "A after alignment alone. "
    )
    front = "Only the first two channels are played. " * (found.a.shape[0] > 2)
    kept = "FLAC excerpts of 16 bit: what has more bits than that is rounded, with dither."
    return f"{where}{matched}{lowered(deck)}{front}{kept}"


def _louder(gain_db: float) -> str:
    if abs(gain_db) < 0.005:
        return "as it is"
    return f"{abs(gain_db):.2f} dB {'louder' if gain_db > 0.0 else 'softer'} than it is"
