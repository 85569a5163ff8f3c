"""Linkwitz-Riley crossovers, 4th order: two Butterworth filters of 2nd order in a row.

S. Linkwitz, "Active Crossover Networks for Noncoincident Drivers", JAES 24 (1), 1976. Low and high
add up to an all-pass of 2nd order, so the sum is flat in level and turned in phase: by 180 degrees
at the corner, by 360 far above it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bridge.audio.framing import Block
from bridge.processing.biquads import Sections, passing
from bridge.processing.filtering import SosFilter


def linkwitz_riley(shape: str, hz: float, sample_rate_hz: int) -> Sections:
    """Return the sections of a `high_pass` or `low_pass`, -6.02 dB at `hz`, 24 dB/octave."""
    half = passing(shape, hz, 2, sample_rate_hz)
    return np.concatenate([half, half])


def all_pass(hz: float, sample_rate_hz: int) -> Sections:
    """Return what the low- and high-pass at `hz` add up to."""
    poles = passing("low_pass", hz, 2, sample_rate_hz)[:, 3:]
    return np.concatenate([poles[:, ::-1], poles], axis=1)


class Splitter:
    """Splits a (2, frames) stream into bands, low to high; `joined` puts them together again."""

    def __init__(self, crossovers_hz: Sequence[float], sample_rate_hz: int) -> None:
        self._lows = [
            SosFilter(linkwitz_riley("low_pass", hz, sample_rate_hz), 2) for hz in crossovers_hz
        ]
        self._turns = [SosFilter(all_pass(hz, sample_rate_hz), 2) for hz in crossovers_hz]
        self._joins = [SosFilter(all_pass(hz, sample_rate_hz), 2) for hz in crossovers_hz[1:]]

    def split(self, block: Block) -> list[Block]:
        """Return one band more than there are crossovers, each (2, frames).

        The high side is the all-pass less the low side, which is the same filter for one section
        less of work.
        """
        bands = []
        rest = block
        for low, turn in zip(self._lows, self._turns, strict=True):
            bands.append(low.process(rest))
            rest = turn.process(rest) - bands[-1]
        return [*bands, rest]

    def joined(self, bands: Sequence[Block]) -> Block:
        """Return the sum, each band turned in phase by the crossovers it did not go through."""
        total = bands[0]
        for band, turn in zip(bands[1:-1], self._joins, strict=True):
            total = turn.process(total) + band
        return total + bands[-1]
