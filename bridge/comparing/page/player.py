"""What the page plays of a pair: A, B at A's loudness, and what remains."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bridge.comparing.model import FileDiff
from bridge.comparing.page.signals import Signals, alone, previews
from bridge.listening.deck import Deck, Track, matching_db
from bridge.listening.excerpts import PREVIEW_HZ, excerpt
from bridge.listening.marking import change, clock
from bridge.listening.switcher import NULL_COLOUR, lowered

Names = tuple[str, str]
"""What A and B are called."""


def decks(found: FileDiff, heard: Signals | None, names: Names, *, short: bool) -> list[Deck]:
    """A pair's players: all of it at preview quality, unless `short`, and the worst moment."""
    if heard is None:
        return [] if short or not found.exact or found.a is None else [_equal(found, names)]
    return [*([] if short else [_whole(found, heard, names)]), decked(heard, names)]


def _equal(found: FileDiff, names: Names) -> Deck:
    track = Track(f"A: {names[0]}", "every sample of B is equal", "a", alone(Path(found.a or "")))
    return Deck(PREVIEW_HZ, (track,), (0, 0), name="whole song", said="A and B are equal.")


def _whole(found: FileDiff, heard: Signals, names: Names) -> Deck:
    a, b = previews(found, heard)
    match_db = matching_db(b, a)
    start_s = heard.start_s
    deck = Deck(
        rate_hz=PREVIEW_HZ,
        tracks=(
            Track(f"A: {names[0]}", "as it is", "a", a, 0.0, start_s),
            Track(f"B: {names[1]}", _moved(match_db + heard.undone_db), "b", b, match_db, start_s),
        ),
        name="whole song",
        rest=heard.whole[2],
    )
    said = (
        f"All that both have, {clock(start_s)} to {clock(start_s + heard.seconds)} of A, B aligned "
        f"to it and as loud as A is over all, at preview quality (MP3). {lowered(deck)}The null "
        "and the blind test are in the lossless excerpt."
    )
    return replace(deck, said=said)


def decked(found: Signals, names: Names = ("A", "B")) -> Deck:
    """Encode the excerpts; more channels than two are played by the first two."""
    start_s = found.excerpt_s
    a, b, left = (
        excerpt(each[:2], found.rate_hz, fill)
        for each, fill in ((found.a, False), (found.b, False), (found.b - found.a, True))
    )
    match_db = matching_db(b, a)
    moved_db = match_db + found.undone_db
    deck = Deck(
        rate_hz=found.rate_hz,
        tracks=(
            Track(f"A: {names[0]}", "as it is", "a", a, 0.0, start_s),
            Track(f"B: {names[1]}", _moved(moved_db), "b", b, match_db, start_s),
        ),
        null=Track("B minus A", "", NULL_COLOUR, left, 0.0, start_s),
        name="excerpt, lossless",
    )
    return replace(deck, said=_said(found, deck, moved_db))


def _moved(gain_db: float) -> str:
    return "as it is" if abs(gain_db) < 0.005 else change(gain_db, 2, "dB")


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
