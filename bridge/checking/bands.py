"""Power by octave, and what the two sides of a stem have in common in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft

from bridge.audio import Block

EDGES_HZ = (0.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0, 6400.0, 12800.0, np.inf)
"""Between each two of them lies a band."""
_WINDOW_FRAMES = 4096


@dataclass(frozen=True)
class BandPowers:
    """Of a stretch, by band: the power of each side, and of their product (0 of mono stems)."""

    left: Block
    right: Block
    common: Block

    def __add__(self, other: BandPowers) -> BandPowers:
        return BandPowers(
            self.left + other.left, self.right + other.right, self.common + other.common
        )

    @property
    def total(self) -> Block:
        """Both sides' power."""
        return self.left + self.right


NO_POWER = BandPowers(*(np.zeros(len(EDGES_HZ) - 1) for _ in range(3)))


def band_powers(samples: Block, sample_rate_hz: int) -> BandPowers:
    """Measure (channels, frames) in Hann windows of 4096 that overlap by half, in sum.

    More than two channels count as their first two.
    """
    count = max(1, 2 * samples.shape[1] // _WINDOW_FRAMES - 1)
    needed = (count + 1) * _WINDOW_FRAMES // 2
    padded = np.pad(samples[:2], ((0, 0), (0, max(0, needed - samples.shape[1]))))
    starts = np.arange(count) * (_WINDOW_FRAMES // 2)
    window = np.hanning(_WINDOW_FRAMES + 1)[:-1]
    spectra = [
        fft.rfft(side[starts[:, None] + np.arange(_WINDOW_FRAMES)] * window, axis=1)
        for side in padded
    ]
    hz = fft.rfftfreq(_WINDOW_FRAMES, 1.0 / sample_rate_hz)
    edges = np.searchsorted(hz, EDGES_HZ)

    def by_band(power: Block) -> Block:
        added = np.concatenate([[0.0], np.cumsum(power.sum(axis=0))])
        bands: Block = np.diff(added[np.minimum(edges, len(hz))])
        return bands

    left, right = spectra[0], spectra[-1]
    own = [by_band(np.square(each.real) + np.square(each.imag)) for each in (left, right)]
    if len(spectra) == 1:
        return BandPowers(own[0], np.zeros_like(own[0]), np.zeros_like(own[0]))
    return BandPowers(own[0], own[1], by_band(left.real * right.real + left.imag * right.imag))
