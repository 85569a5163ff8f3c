"""The port of a check between stems: what it is given, and what it gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol

from bridge.checking.between.copies import Copy, copies
from bridge.checking.between.holders import Holding, Mapped, holdings
from bridge.checking.findings import Shared
from bridge.checking.hearing import Heard


@dataclass(frozen=True)
class Song:
    """All stems of a song that could be heard, in natural order, and its tempo.

    What takes long is looked at by `mapped`, which is `map` here, or that of several processes.
    """

    stems: tuple[Heard, ...]
    tempo_bpm: float | None = None
    mapped: Mapped = map

    @cached_property
    def copies(self) -> tuple[Copy, ...]:
        """The stems that hold another one's audio, found once for all checks."""
        return tuple(copies(self.stems))

    @cached_property
    def holdings(self) -> tuple[Holding, ...]:
        """The stems that hold another one among other things; of copies the first counts."""
        known = {id(copy.one) for copy in self.copies if copy.is_exact or copy.drift_ppm}
        stems = [each for each in self.stems if id(each) not in known]
        return tuple(holdings(stems, self.mapped))


class BetweenCheck(Protocol):
    """A check over all stems of a song, whose sketches are there and whose audio can be read."""

    codes: ClassVar[tuple[str, ...]]
    quick: ClassVar[bool]
    """Whether `render` and `job new` tell it too."""

    def find(self, song: Song) -> Iterable[Shared]:
        """What is told of the song's stems."""


def span_s(stem: Heard) -> tuple[float, float]:
    """From when to when a stem's file lies in the song, in seconds."""
    facts = stem.audio.facts
    start_s = stem.audio.position / facts.sample_rate_hz
    return start_s, start_s + facts.frames / facts.sample_rate_hz
