"""Gain factors as decibels."""

from __future__ import annotations

import math


def decibels(factor: float) -> float:
    """A gain factor in dB; nothing at all is -inf."""
    return 20.0 * math.log10(factor) if factor > 0 else -math.inf
