"""The player of a proposal: the same seconds before and after, and what they shall be like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from bridge.audio import Block, resampled
from bridge.pages import Deck, Excerpt, Track, change, clock, excerpt, lowered, matching_db
from bridge.pages.report import Row, between, place_s
from stemwright.values import dataclass

_COLOURS, _FIRST_OF_OTHERS = 8, 3
"""Before and after come first, as in the charts."""


@dataclass(frozen=True)
class Target:
    """(channels, frames) to be like, from `start_s` of its file on.

    `is_other_music` does not run beside the song.
    """

    name: str
    samples: Block
    start_s: float
    is_other_music: bool = False


@dataclass(frozen=True)
class BothSounds:
    """(channels, frames) at `rate_hz` before and after, from `start_s` of the song on.

    `now` says what is heard before.
    """

    rate_hz: int
    start_s: float
    before: Block
    after: Block
    now: str
    target: Target | None = None


def song_deck(name: str, sounds: BothSounds, said: str = "", others: Sequence[Row] = ()) -> Deck:
    """A lossless deck of both and their target, all as loud as before; `said` ends its words.

    `others` is the music that lies beside the song: where it runs with it the same seconds, else
    its loudest. What the target is of already and what cannot be read are left out.
    Raises InputError where a file that was heard is gone.
    """
    before, after = (excerpt(each, sounds.rate_hz) for each in (sounds.before, sounds.after))
    after_db = matching_db(after, before)
    tracks = (
        Track("before", sounds.now, "s1", before, 0.0, sounds.start_s),
        Track("after", _matched(after_db), "s2", after, after_db, sounds.start_s),
    )
    deck = Deck(sounds.rate_hz, tracks, name=name)
    if sounds.target is not None:
        wanted = _wanted(sounds.target, excerpt(sounds.target.samples, sounds.rate_hz), before)
        deck = replace(deck, tracks=(wanted, *tracks), pair=(1, 2), chosen=1)
    deck = replace(deck, tracks=(*deck.tracks, *_others(others, sounds, before)))
    seconds = f"{before.seconds:.0f} s from {clock(sounds.start_s, 0)} of the song"
    return replace(deck, said=f"{seconds}, all as loud as before. {lowered(deck)}{said}")


def _others(rows: Sequence[Row], sounds: BothSounds, before: Excerpt) -> Iterator[Track]:
    target = sounds.target
    played = None if target is None else "reference" if target.is_other_music else "mix"
    for number, row in enumerate(rows):
        heard = row.heard
        if row.found is None or heard.blocks is None or heard.kind == played:
            continue
        rate_hz, seconds = heard.rate_hz, before.seconds
        total_s, start_s = heard.frames / rate_hz, sounds.start_s
        if not heard.beside:
            start_s = float(place_s(row.found.loudest_end_s, total_s, round(seconds)))
        start = round(start_s * rate_hz)
        samples = between(heard.blocks(), start, start + round(seconds * rate_hz))
        if not samples.any():
            continue
        played_samples = [*resampled([samples], 2, rate_hz, sounds.rate_hz)]
        found = excerpt(np.concatenate(played_samples, axis=1), sounds.rate_hz)
        match_db = matching_db(found, before)
        colour = f"s{_FIRST_OF_OTHERS + number % (_COLOURS - _FIRST_OF_OTHERS + 1)}"
        place = "" if heard.beside else heard.name
        yield Track(heard.name, _matched(match_db), colour, found, match_db, start_s, place)


def _wanted(target: Target, found: Excerpt, before: Excerpt) -> Track:
    match_db = matching_db(found, before)
    place = target.name if target.is_other_music else ""
    note = _matched(match_db)
    return Track(target.name, note, "s3", found, match_db, target.start_s, place)


def _matched(gain_db: float) -> str:
    return f"{change(gain_db, 1, 'dB')} to match"
