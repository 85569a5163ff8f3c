"""Sounds to damage, and what they are made with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.signal import sosfilt

Signal = npt.NDArray[np.float64]

RATE_HZ = 48000
FRAMES = 6 * RATE_HZ


def quantised(signal: Signal, bits: int = 24) -> Signal:
    step = 2.0 ** (1 - bits)
    return np.round(signal / step) * step


def looped(hit: Signal, every: int) -> Signal:
    signal = np.zeros(FRAMES)
    for start in range(0, FRAMES - len(hit), every):
        signal[start : start + len(hit)] += hit
    return signal


def played_music() -> Signal:
    """Coloured noise under an envelope and a few partials: no two moments are alike."""
    dice = np.random.default_rng(11)
    noise = sosfilt([[1, 0, 0, 1, -1.6, 0.7]], dice.standard_normal(FRAMES))
    seconds = np.arange(FRAMES) / RATE_HZ
    swell = 0.55 + 0.35 * np.sin(2 * np.pi * 0.41 * seconds) * np.sin(2 * np.pi * 1.3 * seconds)
    partials = sum(
        np.sin(2 * np.pi * hz * seconds + 3 * np.sin(seconds * wander)) / number
        for number, (hz, wander) in enumerate([(196.7, 1.1), (411.3, 0.7), (893.1, 1.9)], 1)
    )
    signal = swell * (0.04 * noise / noise.std() + 0.12 * partials)
    return quantised(signal)
