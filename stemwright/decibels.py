"""Decibels and factors, one value at a time: what is read, told, drawn and planned.

Gains that vary along a signal are worked on arrays in `bridge.processing.gain_series`, whose bits
are the same on every CPU; the fixed ones of our limiter are rounded correctly there.
"""

from __future__ import annotations

import math


def amplitude_db(amplitude: float) -> float:
    """Return 20 log10 of an amplitude, a factor or their ratio; minus infinity for none."""
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else -math.inf


def power_db(power: float) -> float:
    """Return 10 log10 of a power or a ratio of powers; minus infinity for none."""
    return 10.0 * math.log10(power) if power > 0.0 else -math.inf


def rounded_db(amplitude: float, digits: int) -> float | None:
    """Return an amplitude in dB as records and pages hold it; None for silence."""
    return round(amplitude_db(amplitude), digits) if amplitude > 0.0 else None


def linear(gain_db: float) -> float:
    """Return the factor of a gain in dB: exactly 1 for 0 dB, 0 for minus infinity."""
    return math.pow(10.0, gain_db / 20.0)
