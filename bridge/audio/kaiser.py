"""Taps of windowed filters in arithmetic alone, rounded on a grid far finer than is heard."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Taps = npt.NDArray[np.float64]

_TERMS = 64
_GRID = 2.0**40


def kaiser(share: Taps, beta: float) -> Taps:
    """Return J. Kaiser's window, not scaled, at `share` of its reach: I0(beta sqrt(1 - share^2)).

    1 from there on. I0 by its power series, whose terms are all positive, so that none cancel;
    `beta` up to 20.
    """
    quarter = np.clip(1.0 - share * share, 0.0, None) * (beta * beta / 4.0)
    total, term = np.ones_like(quarter), np.ones_like(quarter)
    for count in range(1, _TERMS):
        term *= quarter
        term /= count * count
        total += term
    return total


def as_taps(weights: Taps) -> Taps:
    """Return weights scaled to a sum of 1, in steps of 2**-40."""
    return np.rint(weights / math.fsum(weights) * _GRID) / _GRID
