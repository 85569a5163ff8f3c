"""`drift`: a stem that runs slower or faster than another one with the same audio.

By fractions of a sample at many places: a recorder's clock that was not the computer's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.between.port import Song, span_s
from bridge.checking.findings import Shared


class ClockDrift:
    """Each stem whose offset against its copy moves evenly."""

    codes: ClassVar[tuple[str, ...]] = ("drift",)
    quick: ClassVar[bool] = False

    def find(self, song: Song) -> Iterator[Shared]:
        """One a stem."""
        for copy in song.copies:
            if not copy.drift_ppm:
                continue
            start_s, end_s = span_s(copy.one)
            yield Shared(
                "drift",
                "major",
                (copy.one.audio.facts.id, copy.other.audio.facts.id),
                start_s,
                end_s,
                copy.drift_ppm,
                drift_words(copy.drift_ppm, end_s - start_s),
                polarity=copy.alignment.polarity,
            )


def pace(slower_ppm: float) -> str:
    """How much slower or faster one runs: "20.0 ppm slower"."""
    return f"{abs(slower_ppm):.1f} ppm {'slower' if slower_ppm > 0 else 'faster'}"


def drift_words(slower_ppm: float, length_s: float) -> str:
    """What is told of a stem that drifts, and how far that takes it by its end."""
    return f"it runs {pace(slower_ppm)}: {abs(slower_ppm) * length_s / 1000:.2g} ms by its end"
