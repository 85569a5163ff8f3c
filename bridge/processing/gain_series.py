"""Decibels to gains and back in +, -, *, / alone, so that every CPU gives the same bits.

For gains that are applied to samples as they move; single levels that are told or drawn are
worked by `stemwright.decibels`.

numpy's log10, exp and power differ between CPUs in the last bits; these series do not. Relative
error under 1e-13, checked by tests.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.native import library

Array = npt.NDArray[np.float64]

DB_PER_OCTAVE = 6.020599913279624
"""20 * log10(2)."""

_SQRT_HALF = 0.7071067811865476
_LN2 = 0.6931471805599453
_DB_OF_ATANH = 2 / _LN2 * DB_PER_OCTAVE

_ATANH = (
    0.9999999999999736,
    0.3333333333978963,
    0.1999999744591619,
    0.14286083072937864,
    0.11087124955038745,
    0.09804047819876527,
)
"""atanh(r) / r in powers of r**2, interpolated at the Chebyshev points of |r| <= 0.1716."""

_DB_SERIES = tuple(term * _DB_OF_ATANH for term in _ATANH)


def gain_of(level_db: float) -> float:
    """Return the linear gain of a level in dB; exactly 1.0 for 0 dB."""
    return float(gains_of(np.array([level_db]))[0])


def gains_of(levels_db: Array) -> Array:
    """Return linear gains of levels between -6000 and +6000 dB; exactly 1.0 for 0 dB."""
    if (compiled := library()) is not None:
        gains = np.empty_like(levels_db)
        compiled.gains_of(levels_db, gains, len(gains))
        return gains
    octaves = levels_db * (1 / DB_PER_OCTAVE)
    whole = np.rint(octaves)
    octaves -= whole
    octaves *= _LN2
    return np.ldexp(_exp(octaves), whole.astype(np.int32))


def _exp(x: Array) -> Array:
    """Return e**x for |x| <= 0.35 by its Pade approximant of order 5 over 5; `x` is spent."""
    square = x * x
    even = square * 30.0
    even += 3360.0
    even *= square
    even += 30240.0
    odd = square + 420.0
    odd *= square
    odd += 15120.0
    odd *= x
    above = np.add(even, odd, out=square)
    above /= np.subtract(even, odd, out=x)
    return above


def levels_db(gains: Array) -> Array:
    """Return levels in dB of positive, finite, normal gains; exactly 0.0 for 1.0."""
    if (compiled := library()) is not None:
        levels = np.empty_like(gains)
        compiled.levels_db(gains, levels, len(levels))
        return levels
    mantissa, exponent = np.frexp(gains)
    low = mantissa < _SQRT_HALF
    mantissa *= 1.0 + low
    ratio = mantissa - 1.0
    mantissa += 1.0
    ratio /= mantissa
    square = np.multiply(ratio, ratio, out=mantissa)
    series = square * _DB_SERIES[-1]
    for term in _DB_SERIES[-2:0:-1]:
        series += term
        series *= square
    series += _DB_SERIES[0]
    series *= ratio
    series += (exponent - low) * DB_PER_OCTAVE
    return series
