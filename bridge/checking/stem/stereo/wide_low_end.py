"""`wide_low_end`: below 100 Hz the sides work against each other: mono, and vinyl, lose it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.findings import Found
from bridge.checking.stem.stereo.both_sides import BothSides
from stemwright.decibels import power_db

_BANDS = 2
_LOST_DB = -4.5
"""Unrelated sides lose 3 dB."""
_SHARE_DB = -25.0
"""Of the stem's power: less low end than this is nobody's."""
_MOST_LOST_DB = -60.0


class WideLowEnd(BothSides):
    """What the sum of the sides keeps of both, below 100 Hz."""

    codes: ClassVar[tuple[str, ...]] = ("wide_low_end",)
    quick: ClassVar[bool] = False

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        low = float(self._powers.total[:_BANDS].sum())
        whole = float(self._powers.total.sum())
        if not self._is_stereo or low <= 0.0 or power_db(low / whole) < _SHARE_DB:
            return
        kept = 0.5 * (low + 2.0 * float(self._powers.common[:_BANDS].sum()))
        lost_db = max(_MOST_LOST_DB, power_db(max(kept, 0.0) / low))
        if lost_db < _LOST_DB:
            words = f"below 100 Hz mono loses {-lost_db:.1f} dB"
            yield Found("wide_low_end", "minor", 0, self._frames, -lost_db, words)
