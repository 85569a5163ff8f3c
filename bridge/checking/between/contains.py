"""`contains`: a stem that holds one or more others, which would be heard twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.between.effect_return import is_return_of
from bridge.checking.between.holders import Holding
from bridge.checking.between.port import Song, span_s
from bridge.checking.findings import Shared
from stemwright.decibels import amplitude_db
from stemwright.words import listed

_MOST_NAMED = 6


class Contains:
    """Each stem that holds others, and which: a bus beside its parts, a send or solo forgotten."""

    codes: ClassVar[tuple[str, ...]] = ("contains",)
    quick: ClassVar[bool] = False

    def find(self, song: Song) -> Iterator[Shared]:
        """One a holder; what is a return of its own effect is told by `double_return`."""
        for stem in song.stems:
            held = [
                each
                for each in song.holdings
                if each.holder is stem and not is_return_of(each.part, stem, each.how.gain)
            ]
            if held:
                yield _told(held)


def _told(held: list[Holding]) -> Shared:
    holder = held[0].holder
    least = min(held, key=lambda each: each.how.share_db)
    names = [each.part.audio.facts.id for each in held]
    spans = [span_s(each.part) for each in held]
    one = held[0].how if len(held) == 1 else None
    at = f" at {amplitude_db(abs(one.gain)):+.1f} dB" if one is not None else ""
    return Shared(
        "contains",
        "major",
        (holder.audio.facts.id, *names),
        min(start_s for start_s, _ in spans),
        max(end_s for _, end_s in spans),
        least.how.share_db,
        f"it holds {listed(names, _MOST_NAMED)}{at}: heard twice",
        0,
        None if one is None else amplitude_db(abs(one.gain)),
        None if one is None else (1 if one.gain > 0 else -1),
    )
