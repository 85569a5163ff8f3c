"""Whether a residual is what dither and rounding of the two files explain, and nothing else.

TPDF dither of +-1 LSB leaves an error of variance 1/4 LSB^2, white, independent of the signal and
below 1.5 LSB; plain rounding 1/12 LSB^2 and 0.5 LSB (Lipshitz, Wannamaker, Vanderkooy, JAES 40,
1992). The errors of two files add in power.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

from bridge.audio.decode import Header
from bridge.comparing.residual import Residual

BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}
_DITHERED, _ROUNDED, _UNTOUCHED = (0.25, 1.5), (1.0 / 12.0, 0.5), (0.0, 0.0)
_SIGMAS = 6.0
_SLACK = 0.02
_FEWEST_FRAMES = 4096

_SIDES = ("mid", "side")


@dataclass(frozen=True)
class Explanation:
    """Errors that two files may differ by: variances of A's and of both, largest sum, linear."""

    of_a: float
    variance: float
    largest: float


def is_dither(left: Residual, heads: tuple[Header, Header]) -> bool:
    """Say whether level, largest value, whiteness and independence of the signal all fit."""
    if left.active_frames < _FEWEST_FRAMES or not _white(left):
        return False
    return any(_fits(left, each) for each in explanations(heads))


def explanations(heads: tuple[Header, Header]) -> list[Explanation]:
    """The errors two files may differ by, where at least one of them was dithered."""
    found = []
    for one, other in product(*(_errors(head) for head in heads)):
        if _DITHERED in (one[0], other[0]):
            of_a, of_b = (kind[0] * lsb * lsb for kind, lsb in (one, other))
            largest = one[0][1] * one[1] + other[0][1] * other[1]
            found.append(Explanation(of_a, of_a + of_b, largest))
    return found


def _fits(left: Residual, by: Explanation) -> bool:
    samples = left.active_frames * len([each for each in left.channels if each.name not in _SIDES])
    level = abs(left.active_power / by.variance - 1.0)
    # A holds its own error, which the residual holds negated: so much correlation is expected.
    leak = abs(left.with_a + by.of_a * left.active_frames / left.frames)
    chance = math.sqrt(by.variance * left.a_power * left.active_frames / left.frames / samples)
    return (
        level <= _SLACK + _SIGMAS * math.sqrt(2.0 / samples)
        and leak <= _SIGMAS * chance + _SLACK * by.of_a
        and left.peak < by.largest * (1 + 1e-9)
    )


def _errors(head: Header) -> list[tuple[tuple[float, float], float]]:
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
