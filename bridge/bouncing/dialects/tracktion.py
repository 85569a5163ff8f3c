"""Tracktion's sound, from its engine's sources.

tracktion_AudioFadeCurve.h (fades), tracktion_AudioUtilities.cpp (getGainsFromVolumeFaderPosition-
AndPan: the linear law, which is its default; sessions with another law do not say so where it is
read from), tracktion_AuxSendNode.cpp (a send takes what stands at its place among the plugins, and
so behind the volume and pan plugin both are in it).
"""

from __future__ import annotations

from dataclasses import replace

from bridge.bouncing.curves import Array
from bridge.bouncing.dialect import mono_in_place, sides_apart
from bridge.bouncing.dialects.plain import (
    PLAIN,
    Rise,
    fades,
    itself,
    quarter_cosine_rise,
    quarter_sine,
)


def _s_curve(way: Array) -> Array:
    return (1.0 - way) * quarter_cosine_rise(way) + way * quarter_sine(way)


_RISES: dict[str, Rise] = {
    "linear": itself,
    "convex": quarter_sine,
    "concave": quarter_cosine_rise,
    "s_curve": _s_curve,
}


def _pan(_law: str | None, channels: int, pans: Array, _widths: Array) -> Array:
    """Straight, and louder by as much on the one side as softer on the other."""
    left, right = 1.0 - pans, 1.0 + pans
    return mono_in_place(left, right) if channels == 1 else sides_apart(left, right)


TRACKTION = replace(
    PLAIN,
    name="Tracktion",
    fade=fades(_RISES),
    fade_shapes=frozenset(_RISES),
    pan=_pan,
    sends_are_panned="behind_track",
)
