"""Plateaus under one curve: what was clipped and faded afterwards has its level move with time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d

PIECE_S = 0.05
"""The length of a piece whose peak is kept."""
_ABOUT_PIECES = 21
_UPPER = 0.9
"""Of the peak within half a second: what is lower was not cut there."""
_FEWEST = 6
_APART_S, _LEAST_S = 3.0, 0.25
"""Plateaus that follow each other, and how long they do: a moment's are steps of crushed sound."""
_OFF = 1.5e-3
"""How far a plateau lies off the line between those before and behind it, of its height."""
_SHARE = 0.6
_OVER, _MOST_OVER = 1.003, 0.05
"""Pieces that reach above the curve, and how many of them may."""

_Values = npt.NDArray[np.float64]


class PiecePeaks:
    """The highest of every piece of one side of a channel, which comes in stretches."""

    def __init__(self, piece: int) -> None:
        self._piece = piece
        self._rest: _Values = np.zeros(0)
        self._peaks: list[_Values] = []

    def add(self, samples: _Values) -> None:
        """Take the next samples."""
        joined = np.concatenate([self._rest, samples])
        whole = len(joined) // self._piece * self._piece
        self._peaks.append(joined[:whole].reshape(-1, self._piece).max(axis=1, initial=0.0))
        self._rest = joined[whole:].copy()

    def all(self) -> _Values:
        """(pieces,) so far, what is left as one of its own."""
        return np.concatenate([*self._peaks, [self._rest.max(initial=0.0)]])


def under_a_curve(
    starts: npt.NDArray[np.int64], heights: _Values, peaks: _Values, rate_hz: int
) -> npt.NDArray[np.bool_]:
    """Which plateaus lie under a curve that moves slowly and that nothing exceeds; none or most.

    `starts` rise; `peaks` are of pieces of PIECE_S, of the same side.
    """
    none = np.zeros(len(starts), np.bool_)
    if len(starts) < _FEWEST:
        return none
    times = starts / rate_hz
    pieces = np.minimum((times / PIECE_S).astype(np.int64), len(peaks) - 1)
    upper = heights > _UPPER * maximum_filter1d(peaks, _ABOUT_PIECES)[pieces]
    at, levels = times[upper], heights[upper]
    if len(at) < _FEWEST:
        return none
    span_s = at[2:] - at[:-2]
    share = (at[1:-1] - at[:-2]) / np.maximum(span_s, 1e-9)
    between = levels[:-2] * (levels[2:] / levels[:-2]) ** share
    fits = (np.abs(levels[1:-1] / between - 1.0) < _OFF) & (span_s < _APART_S)
    if np.count_nonzero(fits) < max(_FEWEST, _SHARE * len(at)):
        return none
    curve_s, curve = at[1:-1][fits], levels[1:-1][fits]
    if np.ptp(curve_s) < _LEAST_S:
        return none
    middles = (np.arange(len(peaks)) + 0.5) * PIECE_S
    inside = (middles > curve_s[0]) & (middles < curve_s[-1])
    over = peaks > _OVER * np.interp(middles, curve_s, curve)
    if np.count_nonzero(over & inside) > _MOST_OVER * np.count_nonzero(inside):
        return none
    found = none.copy()
    found[np.flatnonzero(upper)[1:-1][fits]] = True
    return found
