"""Second-order sections from arithmetic alone, so that every processor and library designs one.

Sines, cosines and tangents are correctly rounded ones (`stemwright.exact`), of the exact ratio of
frequency and rate; what is made of them is +, -, *, / and square roots of doubles, whose every bit
IEEE 754 prescribes. So the formulae stay those of the books, and coefficients lie within a few
units in the last place of the true ones from 1 Hz to just under the Nyquist frequency.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from chains import Bell, Pass, Shelf
from stemwright.decibels import linear
from stemwright.exact import sin_cos, tan

Sections = npt.NDArray[np.float64]
"""(sections, 6): b0, b1, b2, 1, a1, a2 of each, in the order of scipy's `sosfilt`."""

_DB_PER_OCTAVE_AND_ORDER = 6


def sections_of(band: Bell | Shelf | Pass, sample_rate_hz: int) -> Sections:
    """Return a band's sections: none for a bell or shelf at 0 dB, which is the identity."""
    if isinstance(band, Pass):
        order = band.slope_db_per_octave // _DB_PER_OCTAVE_AND_ORDER
        return passing(band.shape, band.hz, order, sample_rate_hz)
    if band.gain_db == 0:
        return np.zeros((0, 6))
    sine, cosine = sin_cos(band.hz, sample_rate_hz)
    if isinstance(band, Bell):
        return _bell(sine, cosine, band.gain_db, band.q)
    side = 1.0 if band.shape == "low_shelf" else -1.0
    return _shelf(sine, side * cosine, side, band.gain_db, band.q)


def passing(shape: str, hz: float, order: int, sample_rate_hz: int) -> Sections:
    """Return a Butterworth `high_pass` or `low_pass`, -3.01 dB at `hz`, 6 dB/octave an order.

    The bilinear transform of the analogue filter, whose corner is bent to lie at `hz`; (order + 1)
    // 2 sections, the one that rings least first, the gain of all in it, as scipy orders them. An
    odd order begins with its section of first order, whatever zeros scipy pairs there.
    """
    corner = tan(hz, 2 * sample_rate_hz)
    high = shape == "high_pass"
    gain, rows = 1.0, []
    if order % 2:
        gain *= (1.0 if high else corner) / (1.0 + corner)
        pole = (corner - 1.0) / (corner + 1.0)
        rows.append([1.0, -1.0 if high else 1.0, 0.0, 1.0, pole, 0.0])
    for pair in reversed(range(order // 2)):
        # The analogue poles stand evenly on half a circle, a pair the closer to its ends, where
        # they ring, the lower its number.
        damping = 2.0 * sin_cos(2 * pair + 1, 4 * order)[0]
        square = corner * corner
        whole = 1.0 + damping * corner + square
        gain *= (1.0 if high else square) / whole
        slope = 2.0 * (corner - 1.0) * (corner + 1.0) / whole
        poles = [1.0, slope, (1.0 - damping * corner + square) / whole]
        rows.append([1.0, -2.0 if high else 2.0, 1.0, *poles])
    sections = np.array(rows)
    sections[0, :3] *= gain
    return sections


def linkwitz_riley(shape: str, hz: float, sample_rate_hz: int) -> Sections:
    """Return the sections of a `high_pass` or `low_pass`, -6.02 dB at `hz`, 24 dB/octave."""
    half = passing(shape, hz, 2, sample_rate_hz)
    return np.concatenate([half, half])


def all_pass(hz: float, sample_rate_hz: int) -> Sections:
    """Return what the low- and high-pass at `hz` add up to."""
    poles = passing("low_pass", hz, 2, sample_rate_hz)[:, 3:]
    return np.concatenate([poles[:, ::-1], poles], axis=1)


def band_pass(hz: float, q: float, sample_rate_hz: int) -> Sections:
    """Return a band-pass of 0 dB at `hz` (RBJ Audio EQ Cookbook, BPF with constant peak gain)."""
    sine, cosine = sin_cos(hz, sample_rate_hz)
    alpha = sine / (2 * q)
    return _normalised((alpha, 0.0, -alpha), (1 + alpha, -2 * cosine, 1 - alpha))


def _bell(sine: float, cosine: float, gain_db: float, q: float) -> Sections:
    a = math.sqrt(linear(gain_db))
    alpha = sine / (2 * q)
    middle = -2 * cosine
    return _normalised(
        (1 + alpha * a, middle, 1 - alpha * a), (1 + alpha / a, middle, 1 - alpha / a)
    )


def _shelf(sine: float, cosine: float, side: float, gain_db: float, q: float) -> Sections:
    """Return a low shelf (`side` 1) or a high shelf (-1): the same formulae with cos(w) negated."""
    a = math.sqrt(linear(gain_db))
    bend = 2 * math.sqrt(a) * sine / (2 * q)
    more, less = (a + 1) + (a - 1) * cosine, (a + 1) - (a - 1) * cosine
    return _normalised(
        (a * (less + bend), side * 2 * a * ((a - 1) - (a + 1) * cosine), a * (less - bend)),
        (more + bend, side * -2 * ((a - 1) + (a + 1) * cosine), more - bend),
    )


def _normalised(zeros: tuple[float, float, float], poles: tuple[float, float, float]) -> Sections:
    return np.array([[*zeros, *poles]]) / poles[0]
