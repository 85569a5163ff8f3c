"""REAPER's sound, as far as it is documented.

Fades by "State Chunk Definitions" (Cockos wiki, FADEIN): linear, inverted quadratic, quadratic,
inverted quartic, quartic, cosine S, quartic S. Pan laws of 0 dB are a balance (Cockos wiki, Pan
law); the tapers of other laws are not documented: only their middle is known. A width w mixes the
sides, (1 + w) / 2 of each with (1 - w) / 2 of the other, before the balance. Sends that are taken
"Post-Fader (Post-Pan)" are behind it ("State Chunk Definitions", AUXRECV; User Guide, Send Pan).
What the OVERLAP of a section does where it begins anew is not documented.
"""

from __future__ import annotations

import re

import numpy as np

from bridge.bouncing.curves import Array
from bridge.bouncing.dialect import Dialect, mono_in_place
from bridge.bouncing.dialects.plain import JOINS, Rise, fades, half_cosine_rise, itself
from stemwright.decibels import linear

_LAW = re.compile(r"([a-z ]+), centre (-?\d+\.\d) dB")


def _quartic_s(way: Array) -> Array:
    low, high = 8.0 * _fourth(way), 1.0 - 8.0 * _fourth(1.0 - way)
    return np.where(way < 0.5, low, high)


def _fourth(way: Array) -> Array:
    square = way * way
    return square * square


_RISES: dict[str, Rise] = {
    "linear": itself,
    "fast": lambda way: 1.0 - (1.0 - way) * (1.0 - way),
    "slow": lambda way: way * way,
    "fast_steep": lambda way: 1.0 - _fourth(1.0 - way),
    "slow_steep": _fourth,
    "s_curve": half_cosine_rise,
    "s_curve_steep": _quartic_s,
}


def _centre_db(law: str | None) -> float:
    found = _LAW.fullmatch(law or "")
    return 0.0 if found is None else float(found[2])


def _pan(law: str | None, channels: int, pans: Array, widths: Array) -> Array:
    """A balance behind the width; of another law than 0 dB the middle, and straight from there."""
    centre = linear(_centre_db(law))
    towards = centre + (1.0 - centre) * np.abs(pans)
    left = towards * np.minimum(1.0, 1.0 - pans)
    right = towards * np.minimum(1.0, 1.0 + pans)
    if channels == 1:
        return mono_in_place(left, right)
    own, other = (1.0 + widths) / 2.0, (1.0 - widths) / 2.0
    return np.stack([[left * own, left * other], [right * other, right * own]])


def _knows_pan(law: str | None, pan: float, width: float) -> bool:
    found = _LAW.fullmatch(law or "")
    mode = "" if found is None else found[1]
    if mode in ("stereo pan", "dual pan"):
        return (pan, width, _centre_db(law)) == (0.0, 1.0, 0.0)
    return pan == 0.0 or _centre_db(law) == 0.0


REAPER = Dialect(
    name="REAPER",
    fade=fades(_RISES),
    fade_shapes=frozenset(_RISES),
    pan=_pan,
    knows_pan=_knows_pan,
    joins=JOINS,
    loops_whole_files=True,
    may_fade_seams=True,
    sends_are_panned="behind_track",
)
