"""`rate`: stems of another sample rate than most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.between.port import Shared, Song


class SampleRates:
    """Each stem whose rate is not the commonest; of equals the higher rate is the song's."""

    codes: ClassVar[tuple[str, ...]] = ("rate",)
    quick: ClassVar[bool] = True

    def find(self, song: Song) -> Iterator[Shared]:
        """One a stem."""
        counts = Counter(each.audio.facts.sample_rate_hz for each in song.stems)
        if len(counts) < 2:
            return
        usual_hz = max(counts, key=lambda rate_hz: (counts[rate_hz], rate_hz))
        for each in song.stems:
            facts = each.audio.facts
            rate_hz = facts.sample_rate_hz
            if rate_hz != usual_hz:
                start_s = each.audio.position / rate_hz
                words = f"it is at {rate_hz} Hz, most stems are at {usual_hz} Hz"
                end_s = start_s + facts.frames / rate_hz
                yield Shared("rate", "minor", (facts.id,), start_s, end_s, float(rate_hz), words)
