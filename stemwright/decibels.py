"""Decibels and factors, one value at a time, the same on every machine.

Gains that vary along a signal are worked on arrays in `bridge.processing.gain_series`, whose bits
are the same on every CPU as well.
"""

from __future__ import annotations

import math

from stemwright.exact import log10, power_of_ten


def amplitude_db(amplitude: float) -> float:
    """Return 20 log10 of an amplitude, a factor or their ratio; minus infinity for none."""
    return 20.0 * _log10(amplitude) if amplitude > 0.0 else -math.inf


def power_db(power: float) -> float:
    """Return 10 log10 of a power or a ratio of powers; minus infinity for none."""
    return 10.0 * _log10(power) if power > 0.0 else -math.inf


def rounded_db(amplitude: float, digits: int) -> float | None:
    """Return an amplitude in dB as records and pages hold it; None for silence."""
    return round(amplitude_db(amplitude), digits) if amplitude > 0.0 else None


def linear(gain_db: float) -> float:
    """Return the factor of a gain in dB, correctly rounded: exactly 1 for 0 dB.

    0 for minus infinity; OverflowError beyond 6165 dB.
    """
    return power_of_ten(gain_db, 20.0) if math.isfinite(gain_db) else math.pow(10.0, gain_db)


def linear_power(level_db: float) -> float:
    """Return the power of a level in dB, correctly rounded; 0 for minus infinity."""
    return power_of_ten(level_db, 10.0) if math.isfinite(level_db) else math.pow(10.0, level_db)


def _log10(ratio: float) -> float:
    return log10(ratio) if ratio < math.inf else math.inf
