"""`duplicate`: the same audio in two stems, whatever its level, place, polarity, width or depth.

One that lies elsewhere may be the return of a delay, so it is minor.

Two passes of a doubled voice are none: from take to take not one wave is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.between.copies import Copy
from bridge.checking.between.port import Song, span_s
from bridge.checking.findings import Shared
from stemwright.decibels import amplitude_db

_LEVEL_DB = 0.05


class Duplicate:
    """Each stem that holds what an earlier one holds."""

    codes: ClassVar[tuple[str, ...]] = ("duplicate",)
    quick: ClassVar[bool] = True

    def find(self, song: Song) -> Iterator[Shared]:
        """One a stem."""
        for copy in song.copies:
            if copy.is_exact:
                yield _told(copy)


def _told(copy: Copy) -> Shared:
    one, other = copy.one.audio, copy.other.audio
    start_s, end_s = span_s(copy.one)
    own_hz = one.facts.sample_rate_hz
    offset = round(copy.alignment.offset_frames * own_hz / copy.rate_hz)
    gain_db = amplitude_db(abs(copy.alignment.gain))
    return Shared(
        "duplicate",
        "minor" if offset else "major",
        (one.facts.id, other.facts.id),
        start_s,
        end_s,
        copy.alignment.likeness,
        f"the same audio{_how(offset / own_hz, gain_db, copy.alignment.polarity)}",
        offset,
        gain_db,
        copy.alignment.polarity,
    )


def _how(offset_s: float, gain_db: float, polarity: int) -> str:
    how = []
    if offset_s:
        way = "late" if offset_s > 0 else "early"
        how.append(f"an exact copy {abs(1000 * offset_s):.3g} ms {way}")
    if abs(gain_db) >= _LEVEL_DB:
        how.append(f"{abs(gain_db):.1f} dB {'louder' if gain_db > 0 else 'quieter'}")
    if polarity < 0:
        how.append("upside down: together they cancel")
    return f", {', '.join(how)}" if how else ""
