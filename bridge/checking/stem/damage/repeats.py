"""What comes again and again with the same waveform is played, not broken."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import fft

PLAYED = 3
"""So often is no chance."""
_MOST_APART = 8
"""Frames by which two of them may be shifted."""


def repeats(shapes: Sequence[npt.NDArray[np.float32]], alike: float = 0.9) -> list[int]:
    """How often each waveform comes among equally long ones, itself counted, at any level.

    Two are the same whose correlation is above `alike`.
    """
    if not shapes:
        return []
    rows = np.array(shapes, np.float64)
    rows /= np.sqrt(np.square(rows).sum(axis=1, keepdims=True)) + 1e-12
    size = 2 * rows.shape[1]
    spectra = fft.rfft(rows, size, axis=1)
    counts = []
    for spectrum in spectra:
        matches = np.abs(fft.irfft(spectra * spectrum.conj(), size, axis=1))
        near = np.concatenate([matches[:, : _MOST_APART + 1], matches[:, -_MOST_APART:]], axis=1)
        counts.append(int(np.count_nonzero(near.max(axis=1) > alike)))
    return counts
