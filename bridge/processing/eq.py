"""The equaliser: bands in series, float64, minimum phase."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.errors import InputError, Problem
from bridge.processing.biquads import sections_of
from bridge.processing.filtering import SosFilter
from chains.inserts import Eq

_HIGHEST_SHARE_OF_NYQUIST = 0.98


class EqProcessor:
    """Bands in the order written, each one or more second-order sections.

    Bands at 0 dB are left out, so a flat equaliser is the identity bit for bit.
    Raises InputError `band_above_nyquist`, all such bands at once.
    """

    def __init__(self, settings: Eq, sample_rate_hz: int) -> None:
        _refuse_above_nyquist(settings, sample_rate_hz)
        sections = [sections_of(band, sample_rate_hz) for band in settings.bands]
        self._filter = SosFilter(np.concatenate(sections), channels=2)

    def process(self, block: Block) -> Block:
        """Return the equalised block."""
        return self._filter.process(block)

    def finish(self) -> Block:
        """Nothing is ever held; a filter's ring beyond the end is the caller's padding."""
        return np.zeros((2, 0))


def _refuse_above_nyquist(settings: Eq, sample_rate_hz: int) -> None:
    highest_hz = _HIGHEST_SHARE_OF_NYQUIST * sample_rate_hz / 2
    problems = [
        Problem(
            "band_above_nyquist",
            f"eq band {number} at {band.hz:g} Hz does not fit a rate of {sample_rate_hz} Hz",
            {"path": f"bands[{number}].hz"},
            expected=f"at most {highest_hz:g} Hz",
            hint="lower the band, or render at a higher rate",
        )
        for number, band in enumerate(settings.bands)
        if band.hz > highest_hz
    ]
    if problems:
        raise InputError(problems)
