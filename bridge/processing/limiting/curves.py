"""Curves of peaks and gains: the lowest of every window, and where a limited one is over."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.native import library

Curve = npt.NDArray[np.float64]
"""(frames,) of a linear peak or gain."""


def lowest(curve: Curve, size: int) -> Curve:
    """Return the minimum of every window of `size` that fits, (len(curve) - size + 1,).

    Windows of 1, 2, 4 ... grow, and two that overlap make the last.
    """
    found, window = curve, 1
    while 2 * window <= size:
        found = np.minimum(found[:-window], found[window:])
        window *= 2
    overlap = size - window
    return np.minimum(found[: len(found) - overlap], found[overlap:])


def frames_over(peaks: Curve, gain: Curve, level: float) -> npt.NDArray[np.intp]:
    """Return the (n,) frames whose peak times gain is over a level."""
    if (compiled := library()) is not None:
        found = np.empty(len(peaks), np.int64)
        return found[: compiled.frames_over(peaks, gain, len(peaks), level, found)]
    return np.flatnonzero(peaks * gain > level)
