"""The groups as they are heard before their faders, and how loud these and their sums are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bridge.audio import Block
from bridge.gathering import Signal
from bridge.metering import LoudnessCurve
from bridge.planning import Lane
from bridge.rendering import weighted_sum
from stemwright.decibels import linear
from stemwright.values import dataclass


@dataclass(frozen=True)
class HeardGroup:
    """A lane and what comes to its fader, its rides in it.

    `has_inserts` where inserts are in it, too.
    """

    lane: Lane
    signal: Signal
    has_inserts: bool = False

    @property
    def id(self) -> str:
        """The group's."""
        return self.lane.id

    @property
    def is_as_it_came(self) -> bool:
        """Whether nothing but gains that stand still lies between its stems and its fader."""
        rides = (self.lane.pre_rides, self.lane.rides, *(stem.rides for stem in self.lane.stems))
        return not self.has_inserts and not any(rides)

    @property
    def stem_gains_db(self) -> Mapping[str, float]:
        """The job's gain of each stem."""
        return {stem.id: stem.gain_db for stem in self.lane.stems}


@dataclass(frozen=True)
class Level:
    """Integrated loudness (ITU-R BS.1770-5), None for silence, and the short-term one every 0.5 s.

    The first of the latter ends at 3.0 s.
    """

    lufs: float | None
    short_term_lufs: tuple[float | None, ...] = ()


def level_of(blocks: Iterable[Block], rate_hz: int) -> Level:
    """Read a stereo stream through."""
    curve = LoudnessCurve(rate_hz)
    for block in blocks:
        curve.add(block)
    curve.close()
    return Level(curve.integrated_lufs(), tuple(curve.short_term_lufs()))


def summed(groups: Sequence[HeardGroup], changes_db: Mapping[str, float]) -> Signal:
    """The groups behind their faders, these moved by `changes_db`; stereo, in the chain's order."""
    frames = max((each.signal.frames for each in groups), default=0)
    parts = [
        (linear(each.lane.fader_db + changes_db.get(each.id, 0.0)), each.signal) for each in groups
    ]
    return weighted_sum(parts, frames)
