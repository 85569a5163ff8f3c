"""Ableton Live's sound, as far as its manual says it ("Audio Fact Sheet", Panning)."""

from __future__ import annotations

from dataclasses import replace

from bridge.bouncing.curves import Array
from bridge.bouncing.dialect import mono_in_place, sides_apart
from bridge.bouncing.dialects.plain import PLAIN
from bridge.processing import sines

_SQRT_TWO = 1.4142135623730951


def _pan(_law: str | None, channels: int, pans: Array, _widths: Array) -> Array:
    """Sines of constant power: 0 dB in the middle, +3 dB at a side."""
    way = (pans + 1.0) / 2.0
    left, right = _SQRT_TWO * sines((1.0 - way) * 0.25), _SQRT_TWO * sines(way * 0.25)
    middle = pans == 0.0
    left[middle] = right[middle] = 1.0
    return mono_in_place(left, right) if channels == 1 else sides_apart(left, right)


LIVE = replace(PLAIN, name="Ableton Live", pan=_pan, knows_pan=lambda _law, _pan: True)
