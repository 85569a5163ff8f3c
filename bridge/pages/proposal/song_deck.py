"""The player of a proposal: the same seconds before and after, and what they shall be like."""

from __future__ import annotations

from dataclasses import replace

from bridge.audio import Block
from bridge.pages import Deck, Excerpt, Track, change, clock, excerpt, lowered, matching_db
from stemwright.values import dataclass


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


def song_deck(name: str, sounds: BothSounds, said: str = "") -> Deck:
    """A lossless deck of both and their target, all as loud as before; `said` ends its words."""
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
    seconds = f"{before.seconds:.0f} s from {clock(sounds.start_s, 0)} of the song"
    return replace(deck, said=f"{seconds}, all as loud as before. {lowered(deck)}{said}")


def _wanted(target: Target, found: Excerpt, before: Excerpt) -> Track:
    match_db = matching_db(found, before)
    place = target.name if target.is_other_music else ""
    note = _matched(match_db)
    return Track(target.name, note, "s3", found, match_db, target.start_s, place)


def _matched(gain_db: float) -> str:
    return f"{change(gain_db, 1, 'dB')} to match"
