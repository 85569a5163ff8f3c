"""Ableton Live's sound, as far as its manual says it.

"Audio Fact Sheet" (Panning), "The Live Mixer" (Split Stereo Pan Mode), "Return Tracks and the Main
Track": what a send takes behind the mixer stage is behind volume, pan and the track's switch.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bridge.bouncing.curves import Array
from bridge.bouncing.dialect import mono_in_place, sides_apart
from bridge.bouncing.dialects.plain import PLAIN
from bridge.processing import sines

_SQRT_TWO = 1.4142135623730951
SPLIT_STEREO = "split stereo"


def _pan(law: str | None, channels: int, pans: Array, widths: Array) -> Array:
    """Sines of constant power: 0 dB in the middle, +3 dB at a side."""
    if law == SPLIT_STEREO and channels == 2:
        return _split(pans - widths, pans + widths)
    way = (pans + 1.0) / 2.0
    left, right = _SQRT_TWO * sines((1.0 - way) * 0.25), _SQRT_TWO * sines(way * 0.25)
    middle = pans == 0.0
    left[middle] = right[middle] = 1.0
    return mono_in_place(left, right) if channels == 1 else sides_apart(left, right)


def _split(lefts: Array, rights: Array) -> Array:
    """Each channel by itself, whole where it stands at its own side, as both do at first."""
    gains = np.empty((2, 2, len(lefts)))
    for channel, places in enumerate((lefts, rights)):
        way = (places + 1.0) / 2.0
        gains[0, channel], gains[1, channel] = sines((1.0 - way) * 0.25), sines(way * 0.25)
    return gains


def _knows_pan(law: str | None, pan: float, width: float) -> bool:
    """Of sides that are set apart only where they stand at first is known."""
    return law != SPLIT_STEREO or (pan, width) == (0.0, 1.0)


LIVE = replace(
    PLAIN,
    name="Ableton Live",
    pan=_pan,
    knows_pan=_knows_pan,
    sends_are_panned="behind_track",
)
