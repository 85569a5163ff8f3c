"""Whether a residual is what dither and rounding of the two files explain, and nothing else.

TPDF dither of +-1 LSB leaves an error of variance 1/4 LSB^2, white, independent of the signal and
below 1.5 LSB; plain rounding 1/12 LSB^2 and 0.5 LSB (Lipshitz, Wannamaker, Vanderkooy, JAES 40,
1992). The errors of two files add in power.
"""

from __future__ import annotations

import math
from itertools import product

from bridge.audio.decode import Header
from bridge.comparing.residual import Residual

BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}
_DITHERED, _ROUNDED, _UNTOUCHED = (0.25, 1.5), (1.0 / 12.0, 0.5), (0.0, 0.0)
_SIGMAS = 6.0
_SLACK = 0.02
_FEWEST_FRAMES = 4096

Error = tuple[float, float]
"""Variance and largest magnitude, linear."""


def is_dither(left: Residual, heads: tuple[Header, Header]) -> bool:
    """Say whether level, largest value, whiteness and independence of the signal all fit."""
    if left.active_frames < _FEWEST_FRAMES or left.leak > _SIGMAS or not _white(left):
        return False
    samples = left.active_frames * len([each for each in left.channels if each.name not in _SIDES])
    sure = _SLACK + _SIGMAS * math.sqrt(2.0 / samples)
    return any(
        abs(left.active_power / variance - 1.0) <= sure and left.peak < largest * (1 + 1e-9)
        for variance, largest in explanations(heads)
    )


_SIDES = ("mid", "side")


def explanations(heads: tuple[Header, Header]) -> list[Error]:
    """The errors two files may differ by, where at least one of them was dithered."""
    found = []
    for one, other in product(*(_errors(head) for head in heads)):
        if _DITHERED not in (one[0], other[0]):
            continue
        variance = sum(kind[0] * lsb * lsb for kind, lsb in (one, other))
        largest = sum(kind[1] * lsb for kind, lsb in (one, other))
        found.append((variance, largest))
    return found


def _errors(head: Header) -> list[tuple[Error, float]]:
    bits = BITS.get(head.subtype)
    if bits is None:
        return [(_UNTOUCHED, 0.0)]
    return [(kind, 2.0 ** (1 - bits)) for kind in (_DITHERED, _ROUNDED)]


def _white(left: Residual) -> bool:
    """Whether every third-octave holds white noise's share, within chance."""
    found = left.whiteness
    active = left.frames / left.active_frames  # fewer averages where parts do not differ
    return all(
        abs(ratio - 1.0) <= 0.05 + _SIGMAS * deviation * math.sqrt(active)
        for ratio, deviation in zip(found.ratios, found.deviations, strict=True)
    )
