"""`rate`: stems of another sample rate than most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.between.port import Song, span_s
from bridge.checking.findings import Shared
from bridge.checking.quick.between import rates
from bridge.checking.quick.known import Span


class SampleRates:
    """Each stem whose rate is not the commonest; of equals the higher rate is the song's."""

    codes: ClassVar[tuple[str, ...]] = ("rate",)
    quick: ClassVar[bool] = True

    def find(self, song: Song) -> Iterator[Shared]:
        """One a stem."""
        stems = [(each.audio.facts, span_s(each)) for each in song.stems]
        yield from rates([Span(each.id, each.sample_rate_hz, *span) for each, span in stems])
