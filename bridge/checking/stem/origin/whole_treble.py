"""What the checks of a stem's treble have in common: they hear all of it."""

from __future__ import annotations

from bridge.audio import Block
from bridge.checking.band_edge import BandEdge, band_edge
from bridge.checking.port import Passage, StemFacts


class WholeTreble:
    """Keeps the treble of a stem, whose passages hold it for all that ask."""

    def __init__(self, facts: StemFacts) -> None:
        self._facts = facts
        self._powers: list[Block] = []

    def hear(self, passage: Passage) -> None:
        """Keep the treble's powers."""
        if not passage.is_silent:
            self._powers.append(passage.treble)

    def edge(self) -> BandEdge | None:
        """Where the treble ends, None where nothing shows it."""
        return band_edge(self._powers, self._facts.sample_rate_hz)
