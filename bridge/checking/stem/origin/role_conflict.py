"""`role_conflict`: a stem whose spectrum its name does not allow.

Few rules, each far from what such a stem ever is: a kick or a bass without low end, hats and
cymbals without treble.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bridge.checking.bands import NO_POWER
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts


@dataclass(frozen=True)
class _Rule:
    """At least this share of the power of `role` lies in the bands from `low` to `high`."""

    role: str
    low: int
    high: int
    share: float
    words: str


_RULES = (
    _Rule("bass", 0, 5, 0.02, "hardly anything below 800 Hz"),
    _Rule("drums/kick", 0, 4, 0.02, "hardly anything below 400 Hz"),
    _Rule("drums/hats", 6, 10, 0.02, "hardly anything above 1600 Hz"),
    _Rule("drums/cymbals", 6, 10, 0.01, "hardly anything above 1600 Hz"),
    _Rule("vocals/lead", 2, 8, 0.05, "hardly anything where a voice is"),
)


class RoleConflict:
    """The stem's power by octave against its role's rule."""

    codes: ClassVar[tuple[str, ...]] = ("role_conflict",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._facts = facts
        self._rules = [each for each in _RULES if each.role == facts.role]
        self._powers = NO_POWER

    def hear(self, passage: Passage) -> None:
        """Add up the bands."""
        if self._rules:
            self._powers = self._powers + passage.bands

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        total = self._powers.total
        whole = float(total.sum())
        for rule in self._rules:
            share = float(total[rule.low : rule.high].sum()) / whole if whole else 1.0
            if share < rule.share:
                words = f"named {self._facts.name}, but it has {rule.words}"
                yield Found("role_conflict", "minor", 0, self._facts.frames, share, words)
