"""Filter coefficients as second-order sections (n, 6): b0 b1 b2 1 a1 a2.

Bells and shelves: R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients"
(W3C Audio EQ Cookbook). Passes: Butterworth, bilinear with pre-warping at the corner.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.signal import butter

from chains.inserts.settings import Bell, Pass, Shelf
from stemwright.decibels import linear

Sections = npt.NDArray[np.float64]

_DB_PER_OCTAVE_AND_ORDER = 6


def sections_of(band: Bell | Shelf | Pass, sample_rate_hz: int) -> Sections:
    """Return a band's sections: none for a bell or shelf at 0 dB, which is the identity."""
    if isinstance(band, Pass):
        order = band.slope_db_per_octave // _DB_PER_OCTAVE_AND_ORDER
        return passing(band.shape, band.hz, order, sample_rate_hz)
    if band.gain_db == 0:
        return np.zeros((0, 6))
    turn = 2 * math.pi * band.hz / sample_rate_hz
    if isinstance(band, Bell):
        return _bell(turn, band.gain_db, band.q)
    return _shelf(turn, band.gain_db, band.q, 1.0 if band.shape == "low_shelf" else -1.0)


def passing(shape: str, hz: float, order: int, sample_rate_hz: int) -> Sections:
    """Return a Butterworth `high_pass` or `low_pass`, -3.01 dB at `hz`, 6 dB/octave an order."""
    if shape == "high_pass":
        return butter(order, hz, "highpass", output="sos", fs=sample_rate_hz)
    return butter(order, hz, "lowpass", output="sos", fs=sample_rate_hz)


def band_pass(hz: float, q: float, sample_rate_hz: int) -> Sections:
    """Return a band-pass of 0 dB at `hz` (RBJ Audio EQ Cookbook, BPF with constant peak gain)."""
    turn = 2 * math.pi * hz / sample_rate_hz
    alpha = math.sin(turn) / (2 * q)
    return _normalised((alpha, 0.0, -alpha), (1 + alpha, -2 * math.cos(turn), 1 - alpha))


def _bell(turn: float, gain_db: float, q: float) -> Sections:
    a = math.sqrt(linear(gain_db))
    alpha = math.sin(turn) / (2 * q)
    middle = -2 * math.cos(turn)
    return _normalised(
        (1 + alpha * a, middle, 1 - alpha * a), (1 + alpha / a, middle, 1 - alpha / a)
    )


def _shelf(turn: float, gain_db: float, q: float, side: float) -> Sections:
    """Return a low shelf (`side` 1) or a high shelf (-1): the same formulae with cos(w) negated."""
    a = math.sqrt(linear(gain_db))
    cosine = side * math.cos(turn)
    bend = 2 * math.sqrt(a) * math.sin(turn) / (2 * q)
    more, less = (a + 1) + (a - 1) * cosine, (a + 1) - (a - 1) * cosine
    return _normalised(
        (a * (less + bend), side * 2 * a * ((a - 1) - (a + 1) * cosine), a * (less - bend)),
        (more + bend, side * -2 * ((a - 1) + (a + 1) * cosine), more - bend),
    )


def _normalised(zeros: tuple[float, float, float], poles: tuple[float, float, float]) -> Sections:
    return np.array([[*zeros, *poles]]) / poles[0]
