"""What the checks of a stem's two sides by band have in common: they hear all of them."""

from __future__ import annotations

from bridge.checking.bands import NO_POWER
from bridge.checking.port import Passage, StemFacts


class BothSides:
    """Adds up the bands of a stereo stem; nothing of any other."""

    def __init__(self, facts: StemFacts) -> None:
        self._frames = facts.frames
        self._is_stereo = facts.channels == 2
        self._powers = NO_POWER

    def hear(self, passage: Passage) -> None:
        """Add up the bands."""
        if self._is_stereo:
            self._powers = self._powers + passage.bands
