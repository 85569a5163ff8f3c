"""The equaliser: bands in series, float64, minimum phase."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.processing.filter_designs import sections_of
from bridge.processing.filters import Corner, SosFilter, refuse_above_nyquist
from chains import Eq


class EqProcessor:
    """Bands in the order written, each one or more second-order sections.

    Bands at 0 dB are left out, so a flat equaliser is the identity bit for bit.
    Raises InputError `band_above_nyquist`, all such bands at once.
    """

    def __init__(self, settings: Eq, sample_rate_hz: int) -> None:
        refuse_above_nyquist(
            (
                Corner(f"eq band {number}", f"bands[{number}].hz", band.hz)
                for number, band in enumerate(settings.bands)
            ),
            sample_rate_hz,
        )
        sections = [sections_of(band, sample_rate_hz) for band in settings.bands]
        self.filter = SosFilter(np.concatenate(sections), channels=2)

    def process(self, block: Block) -> Block:
        """Return the equalised block."""
        return self.filter.process(block)

    def finish(self) -> Block:
        """Nothing is ever held; a filter's ring beyond the end is the caller's padding."""
        return np.zeros((2, 0))
