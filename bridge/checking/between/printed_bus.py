"""`printed_bus`: stems printed through a limiter or compressor that the whole mix drove.

A limiter's ceiling is where their sum still peaks. A compressor turns down all that sounds on
whenever anything is loud, and brings it back. Where some sound on as they were, they are ducked by
a side-chain, which is mixing. Where one stem alone explains how the others move, it may be either:
both are told, and it is minor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import ClassVar

from bridge.checking.between.port import Song, span_s
from bridge.checking.between.printed.hits import Drops, drops
from bridge.checking.between.printed.moving import moving
from bridge.checking.between.printed.one_gain import OneGain, one_gain
from bridge.checking.between.printed.wall import Wall, wall_of_sum
from bridge.checking.excerpts import rows_in_song
from bridge.checking.findings import Shared
from bridge.checking.hearing import Heard
from stemwright.problems import InputError
from stemwright.words import listed

_SURE, _LIKELY = (0.12, 0.12), (0.09, 0.08)
"""Mean and middle likeness to what a bus does, by themselves and with drops at hits: up to 0.08 and
0.10 on most clean songs, from 0.11 and 0.11 printed through a compressor, mostly 0.4 and 0.4."""
_DROPS = ((0.7, 0.15), (0.45, 0.25))
"""Of the stems' drops at hits, the middle one in dB, and by how much drops are oftener there than
in calm: up to 0.4 and 0.14 on clean songs, from 1.2 and 0.17 printed through a compressor."""
_OFTENER = 0.125
"""By how much drops are oftener at hits where the likeness is sure: up to 0.12 on a clean song that
is 0.15 like it by chance; so too in one of those printed 4 dB into a limiter, else from 0.14."""
_MOST_STAY = 0.25
_LEAST_BEYOND = 0.48
"""Of the likeness, what is left of it beyond what one stem explains: up to 0.46 where that one
ducks the others, from 0.51 printed; but for 0.22 where a kick is louder than all else."""
_FEWEST_STEMS = 3


class PrintedBus:
    """One for the song, with the stems whose gain follows the others."""

    codes: ClassVar[tuple[str, ...]] = ("printed_bus",)
    quick: ClassVar[bool] = False

    def find(self, song: Song) -> Iterator[Shared]:
        """At most one."""
        known = {id(copy.one) for copy in song.copies}
        stems = [each for each in song.stems if id(each) not in known]
        if len(stems) < _FEWEST_STEMS:
            return
        moved = moving({each.audio.facts.id: rows_in_song(each) for each in stems})
        if not moved:
            return
        heard, wall = drops(moved), _wall(stems)
        if wall is not None:
            yield _told_of_wall(song, wall, heard)
            return
        gain = one_gain(moved)
        if gain is None or not _follow(gain, heard):
            return
        if heard.share_that_stays > _MOST_STAY or heard.one_stem_ducks:
            return
        if gain.key is not None and gain.beyond_key < _LEAST_BEYOND * gain.mean:
            yield _told_of_one(song, heard, gain.key)
        else:
            yield _told(song, heard)


def _wall(stems: Sequence[Heard]) -> Wall | None:
    try:
        return wall_of_sum(stems)
    except InputError:
        return None


def _follow(gain: OneGain, heard: Drops) -> bool:
    """Whether the stems move as a bus would move them, and are turned down at hits."""
    if not heard.followers:
        return False
    if gain.mean >= _SURE[0] and gain.middle >= _SURE[1]:
        return heard.oftener >= _OFTENER
    if gain.mean < _LIKELY[0] or gain.middle < _LIKELY[1] or not heard.is_sure:
        return False
    return any(heard.drop_db >= least_db and heard.oftener >= least for least_db, least in _DROPS)


def _told_of_one(song: Song, heard: Drops, key: str) -> Shared:
    names = [each.id for each in heard.followers if each.id != key]
    drop_db = heard.followed_db
    words = (
        f"{listed(names)} go down by {drop_db:.1f} dB when {key} hits, and hardly when "
        "all else does: ducked by it, or printed through the mix's limiter or compressor"
    )
    return Shared("printed_bus", "minor", (*names, key), *_span_s(song), drop_db, words)


def _told(song: Song, heard: Drops) -> Shared:
    """Those that never sound on while others hit came the same way: a bus takes all stems."""
    names = [each.id for each in heard.followers]
    rest, drop_db = _sounding(song, {each.id for each in heard.heard}), heard.followed_db
    words = (
        f"{listed(names)} go down by {drop_db:.1f} dB when the others hit: printed through "
        "the mix's limiter or compressor"
    )
    if rest:
        words += f", and so most likely {listed(rest)}, whose notes are too short to tell"
    return Shared("printed_bus", "major", (*names, *rest), *_span_s(song), drop_db, words)


def _told_of_wall(song: Song, wall: Wall, heard: Drops) -> Shared:
    """All that sounds went through the limiter that holds the sum of all."""
    names = _sounding(song, frozenset())
    words = (
        f"their sum peaks at {wall.level_dbfs:.1f} dBFS in {wall.share:.0%} of its loud moments, "
        f"made up otherwise each time: {listed(names)} are printed through the mix's limiter"
    )
    return Shared("printed_bus", "major", tuple(names), *_span_s(song), heard.followed_db, words)


def _sounding(song: Song, but_for: Set[str]) -> list[str]:
    return [
        each.audio.facts.id
        for each in song.stems
        if each.audio.facts.id not in but_for and rows_in_song(each).any()
    ]


def _span_s(song: Song) -> tuple[float, float]:
    spans = [span_s(each) for each in song.stems]
    return min(start for start, _ in spans), max(end for _, end in spans)
