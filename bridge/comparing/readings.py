"""Differences of levels, and readings as JSON takes them."""

from __future__ import annotations

import math
from typing import Any


def delta(a: float, b: float) -> float:
    """B minus A, 0 where neither has a level."""
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0.0
    return b - a


def told(value: Any) -> Any:
    """Return a value as JSON takes it: numbers that are none become null, tuples lists."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, tuple | list):
        return [told(each) for each in value]
    if isinstance(value, dict):
        return {key: told(each) for key, each in value.items()}
    return value
