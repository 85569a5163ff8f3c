"""`double_return`: a reverb that is printed in a stem, and comes on a stem of its own too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.between.effect_return import is_return_of
from bridge.checking.between.port import Song, span_s
from bridge.checking.findings import Shared
from stemwright.decibels import amplitude_db


class DoubleReturn:
    """Each return that a stem, which it answers to, holds besides."""

    codes: ClassVar[tuple[str, ...]] = ("double_return",)
    quick: ClassVar[bool] = False

    def find(self, song: Song) -> Iterator[Shared]:
        """One a stem and return."""
        for each in song.holdings:
            if not is_return_of(each.part, each.holder, each.how.gain):
                continue
            stem, effect = each.holder.audio.facts.id, each.part.audio.facts.id
            gain_db = amplitude_db(abs(each.how.gain))
            words = f"{stem} has the effect printed that {effect} brings, at {gain_db:+.1f} dB"
            yield Shared(
                "double_return",
                "major",
                (stem, effect),
                *span_s(each.part),
                each.how.share_db,
                words,
                0,
                gain_db,
                1 if each.how.gain > 0 else -1,
            )
