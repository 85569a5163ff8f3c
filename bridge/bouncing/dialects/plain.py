"""What DAWs have in common, and what is taken where a session does not say how its DAW sounds.

Fades straight in amplitude, faders straight between points, a balance that takes from one side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from bridge.bouncing.curves import Array, held, straight
from bridge.bouncing.dialect import Dialect, FadeGains, Side, mono_in_place, sides_apart
from bridge.processing import sines

Rise = Callable[[Array], Array]
"""A fade-in's gains, by how far it is on its way, 0 to 1."""


def quarter_sine(way: Array) -> Array:
    """sin(pi/2 x): crossing fades of one signal with another keep their power."""
    return sines(way * 0.25)


def quarter_cosine_rise(way: Array) -> Array:
    """1 - cos(pi/2 x)."""
    return 1.0 - sines(0.25 - way * 0.25)


def half_cosine_rise(way: Array) -> Array:
    """(1 - cos(pi x)) / 2."""
    return 0.5 - 0.5 * sines(0.25 - way * 0.5)


def itself(way: Array) -> Array:
    """Straight in amplitude."""
    return way


def fades(rises: Mapping[str, Rise]) -> FadeGains:
    """Fades whose way out is their way in, backwards."""

    def gains(shape: str, side: Side, frames: int, at: Array) -> Array:
        way = at / frames
        return rises[shape](way if side == "in" else 1.0 - way)

    return gains


def balance(_law: str | None, channels: int, pans: Array, _widths: Array) -> Array:
    """The side that a sound is moved away from is turned down, the other stands."""
    left, right = np.minimum(1.0, 1.0 - pans), np.minimum(1.0, 1.0 + pans)
    return mono_in_place(left, right) if channels == 1 else sides_apart(left, right)


def centred(_law: str | None, pan: float, _width: float) -> bool:
    """Nothing is known of a panner but that its middle is the middle."""
    return pan == 0.0


_RISES: dict[str, Rise] = {
    "linear": itself,
    "equal_power": quarter_sine,
    "s_curve": half_cosine_rise,
}

JOINS = {"linear": straight, "linear_amplitude": straight, "hold": held, "step": held}

PLAIN = Dialect(
    name="no DAW in particular",
    fade=fades(_RISES),
    fade_shapes=frozenset(_RISES),
    pan=balance,
    knows_pan=centred,
    joins=JOINS,
)
