"""What there is to hear of cuts: the same seconds of every group, before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from bridge.advising.unmasking.cuts import Cut, FreeingCut, Unmasking
from bridge.advising.unmasking.unmask import PlayedGroup, song_frames, treated
from bridge.audio import Block
from bridge.gathering import Signal, cut, ridden_blocks, ridden_signal
from bridge.processing import VERSIONS
from bridge.rendering import weighted_sum
from bridge.storing import digest
from stemwright.values import dataclass

_SPAN_S = 20.0
_VERSION = 1


@dataclass(frozen=True)
class UnmaskedSounds:
    """Every group behind its fader, (2, frames) from `start_s` of the song on, by its id.

    `after` has those that are cut.
    """

    rate_hz: int
    start_s: float
    before: Mapping[str, Block]
    after: Mapping[str, Block]

    def together(self, names: Sequence[str], *, cut_too: bool) -> Block:
        """The sum of these groups."""
        parts = [
            self.after[name] if cut_too and name in self.after else self.before[name]
            for name in names
        ]
        return np.asarray(sum(parts))


def unmasked_sounds(groups: Sequence[PlayedGroup], made: Unmasking, rate_hz: int) -> UnmaskedSounds:
    """Twenty seconds about where the first cut's group is hidden longest, none past the end."""
    length = song_frames(groups, rate_hz)
    frames = min(round(_SPAN_S * rate_hz), length)
    start = min(round(_hidden_s(made.cuts) * rate_hz), length - frames)
    cuts = [each.cut for each in made.cuts]
    named, changed = {each.lane.id: each for each in groups}, {each.group for each in cuts}

    def taken(group: PlayedGroup, blocks: Callable[[], Iterator[Block]]) -> Block:
        ridden = ridden_blocks(blocks(), group.lane.rides, rate_hz, 0)
        parts = list(cut(ridden, frames, start))
        found = np.concatenate(parts, axis=1) if parts else np.zeros((2, 0))
        return group.lane.fader * np.pad(found, ((0, 0), (0, frames - found.shape[1])))

    return UnmaskedSounds(
        rate_hz,
        start / rate_hz,
        {name: taken(each, each.signal.blocks) for name, each in named.items()},
        {
            name: taken(each, treated(named, cuts, name, rate_hz))
            for name, each in named.items()
            if name in changed
        },
    )


def unmasked_sums(
    groups: Sequence[PlayedGroup], made: Unmasking, rate_hz: int
) -> tuple[Signal, Signal]:
    """All groups behind their faders, whole, before and after the cuts."""
    cuts = [each.cut for each in made.cuts]
    named = {each.lane.id: each for each in groups}
    after = [_cut_signal(named, cuts, name, rate_hz) for name in named]
    before = [each.signal for each in groups]
    return _sum(groups, before, rate_hz), _sum(groups, after, rate_hz)


def _sum(groups: Sequence[PlayedGroup], signals: Sequence[Signal], rate_hz: int) -> Signal:
    parts = [
        (each.lane.fader, ridden_signal(signal, each.lane.rides, rate_hz))
        for each, signal in zip(groups, signals, strict=True)
    ]
    return weighted_sum(parts, max((each.frames for each in signals), default=0))


def _cut_signal(
    groups: Mapping[str, PlayedGroup], cuts: Sequence[Cut], name: str, rate_hz: int
) -> Signal:
    """A group through its cuts; one without any is itself."""
    source, own = groups[name].signal, [each for each in cuts if each.group == name]
    if not own:
        return source
    made = [
        (
            each.settings.model_dump(mode="json", exclude={"key"}),
            VERSIONS[each.kind],
            _key_digest(groups, cuts, each, rate_hz),
        )
        for each in own
    ]
    named = digest("unmask.cut", version=_VERSION, source=source.digest, cuts=made, rate_hz=rate_hz)
    return Signal(named, source.frames, treated(groups, cuts, name, rate_hz))


def _key_digest(
    groups: Mapping[str, PlayedGroup], cuts: Sequence[Cut], each: Cut, rate_hz: int
) -> str | None:
    """What names the group that a cut moves with."""
    if each.threshold_db is None:
        return None
    return _cut_signal(groups, cuts, each.frees, rate_hz).digest


def _hidden_s(cuts: Sequence[FreeingCut]) -> float:
    stretches = cuts[0].times_s if cuts else ()
    return max(stretches, key=lambda each: each[1] - each[0], default=(0.0, 0.0))[0]
