"""Decibels as factors, as project files write them."""

from __future__ import annotations

import math


def linear(gain_db: float) -> float:
    """A gain in dB as a factor; minus infinity is 0."""
    return 0.0 if gain_db == -math.inf else math.pow(10.0, gain_db / 20.0)


def decibels(factor: float) -> float:
    """A factor as a gain in dB; nothing at all is minus infinity."""
    return 20.0 * math.log10(factor) if factor > 0 else -math.inf
