"""How far a group's fader is from the level it has in the rough mix.

What is held together is the same seconds, to the sample: gates and tails of one count in the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from bridge.advising.balancing.heard_groups import HeardGroup, level_of
from bridge.audio import Block
from bridge.checking import InRough
from bridge.gathering import Signal, cut, silence
from stemwright.decibels import amplitude_db, linear

_SAME = 1e-9
"""How near gains lie to one another, against the largest, that are one gain."""


def wanted_db(
    group: HeardGroup,
    rough: InRough,
    gains: Mapping[str, float],
    strangers: Collection[str],
    rate_hz: int,
) -> float | None:
    """What a fader moves to the level in the rough mix, but for what all groups have in common.

    `gains` are the stems' there, linear; `strangers` are not in it. None where the group is too
    quiet or too short to measure within the rough mix.
    """
    own = {
        stem: linear(gain_db)
        for stem, gain_db in group.stem_gains_db.items()
        if stem in rough.stems and rough.stems[stem].unknown != "silent"
    }
    ours = {stem: gain for stem, gain in own.items() if stem not in strangers}
    louder, added = _louder_db(rough, gains, ours), _added_db(group, rough, own, rate_hz)
    return None if louder is None or added is None else louder - added - group.lane.fader_db


def lufs_in(rough: InRough, gains: Mapping[str, float]) -> float | None:
    """How loud stems are together at linear gains, where they lie within the rough mix."""
    return level_of(rough.summed(gains, rough.rate_hz), rough.rate_hz).lufs


def _louder_db(
    rough: InRough, there: Mapping[str, float], here: Mapping[str, float]
) -> float | None:
    """How much louder stems are at one set of gains: where all of these differ alike, by that."""
    if there.keys() == here.keys() and all(here.values()):
        ratios = [there[stem] / gain for stem, gain in here.items()]
        if max(ratios) - min(ratios) <= _SAME * max(map(abs, ratios)):
            return amplitude_db(abs(ratios[0])) if ratios[0] else None
    then, now = lufs_in(rough, there), lufs_in(rough, here)
    return None if then is None or now is None else then - now


def _added_db(
    group: HeardGroup, rough: InRough, own: Mapping[str, float], rate_hz: int
) -> float | None:
    """How much louder a group comes to its fader than its stems are at their gains."""
    if group.is_as_it_came:
        return amplitude_db(group.lane.trim)
    heard = level_of(_within(rough, group.signal, rate_hz), rate_hz).lufs
    came = lufs_in(rough, own)
    return None if heard is None or came is None else heard - came


def _within(rough: InRough, signal: Signal, rate_hz: int) -> Iterator[Block]:
    """What of a group sounds within the rough mix, silence where it has nothing."""
    ratio = rate_hz / rough.rate_hz
    start, frames = round(-rough.late * ratio), round(rough.frames * ratio)
    left = frames
    for blocks in (
        silence(min(frames, max(0, -start))),
        cut(signal.blocks(), frames - max(0, -start), max(0, start)),
    ):
        for block in blocks:
            left -= block.shape[1]
            yield block
    yield from silence(left)
