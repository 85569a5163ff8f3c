"""What there is to hear of a balance: the same seconds of the target, of now and of then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bridge.advising.balancing.heard_groups import HeardGroup, Level, level_of, summed
from bridge.advising.balancing.proposal import Balance
from bridge.audio import Block
from bridge.checking import StemAudio, excerpt
from bridge.gathering import Signal, cut
from stemwright.decibels import linear, linear_power
from stemwright.values import dataclass

_SPAN_S = 20.0
_WINDOW_S, _STEP_S = 3.0, 0.5
"""Of the short-term loudness that `Level` has."""
_HEARD_LU = 25.0
"""A group that is this far under its own loudest moment adds nothing to a place."""


@dataclass(frozen=True)
class Sounds:
    """Stereo samples at `rate_hz` from `start_s` of the song on.

    `target` is the rough mix there, or a reference where it is fullest, from `target_s` on.
    `groups` are those that move, behind their faders as they are.
    """

    rate_hz: int
    start_s: float
    target_s: float
    target: Block
    before: Block
    after: Block
    groups: Mapping[str, Block]


def balance_sounds(
    groups: Sequence[HeardGroup],
    balance: Balance,
    levels: Mapping[str, Level],
    target: StemAudio,
    late_s: float | None,
    rate_hz: int,
) -> Sounds:
    """The twenty seconds in which most of all groups sounds, fewer of a song that is shorter.

    They lie within the rough mix where that has as many. `late_s` is how much later the song lies
    in the target, None for a target that is another song.
    Raises InputError as `StemAudio.read`.
    """
    ends = max((stem.frames_at(rate_hz) for each in groups for stem in each.lane.stems), default=0)
    frames = min(round(_SPAN_S * rate_hz), ends)
    first, last = (0, ends) if late_s is None else _within(target, late_s, ends, rate_hz)
    start = round(fullest_s([levels[each.id] for each in groups]) * rate_hz)
    start = min(max(start, first), max(first, last - frames), ends - frames)
    moved = _moved_db(balance)
    begin_s = _fullest_of(target) if late_s is None else start / rate_hz + late_s
    begin = round(begin_s * rate_hz)
    before, after = (_taken(each, start, frames) for each in balance_sums(groups, balance))
    return Sounds(
        rate_hz,
        start / rate_hz,
        begin / rate_hz,
        _stereo(excerpt(target, begin, frames, rate_hz)),
        before,
        after,
        {
            each.id: linear(each.lane.fader_db) * _taken(each.signal, start, frames)
            for each in groups
            if moved[each.id]
        },
    )


def balance_sums(groups: Sequence[HeardGroup], balance: Balance) -> tuple[Signal, Signal]:
    """All groups behind their faders, whole, as they are and as they may be."""
    return summed(groups, {}), summed(groups, _moved_db(balance))


def _moved_db(balance: Balance) -> Mapping[str, float]:
    return {each.id: each.change_db for each in balance.groups}


def _within(target: StemAudio, late_s: float, ends: int, rate_hz: int) -> tuple[int, int]:
    """The song's first frame and its last that a rough mix has."""
    begins_s, length_s = -late_s, target.facts.frames / target.facts.sample_rate_hz
    return max(0, round(begins_s * rate_hz)), min(ends, round((begins_s + length_s) * rate_hz))


def _fullest_of(target: StemAudio) -> float:
    blocks = (_stereo(each) for each in target.blocks(target.facts.sample_rate_hz))
    return fullest_s([level_of(blocks, target.facts.sample_rate_hz)])


def fullest_s(levels: Sequence[Level]) -> float:
    """Where the twenty seconds begin in which the groups sound most, each against its loudest."""
    longest = max((len(each.short_term_lufs) for each in levels), default=0)
    fullness = np.zeros(longest)
    for each in levels:
        known = [-np.inf if value is None else value for value in each.short_term_lufs]
        top = max(known, default=-np.inf)
        if np.isfinite(top):
            under = np.array([value - top for value in known])
            fullness[: len(known)] += [
                linear_power(float(value)) if value > -_HEARD_LU else 0.0 for value in under
            ]
    windows = round((_SPAN_S - _WINDOW_S) / _STEP_S) + 1
    if longest <= windows:
        return 0.0
    added = np.concatenate([[0.0], np.cumsum(fullness)])
    return float((added[windows:] - added[:-windows]).argmax()) * _STEP_S


def _taken(signal: Signal, start: int, frames: int) -> Block:
    blocks = list(cut(signal.blocks(), frames, start))
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((2, 1))


def _stereo(samples: Block) -> Block:
    return np.repeat(samples, 2, axis=0) if len(samples) == 1 else samples[:2]
