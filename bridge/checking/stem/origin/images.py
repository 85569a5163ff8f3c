"""The images that a shallow resampler leaves: around half the lower rate, treble is mirrored.

What lay as far below half the old rate lies as far above it, quieter as the filter has it, and with
its phase turned over: the product of both has one phase wherever they lie. So it has in a single
hit, but there around any other middle as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.checking.stem.origin.mdct_frames import Excerpt

_NEAREST_HZ, _FARTHEST = 60.0, 0.12
"""From how far off the middle on, and up to which part of it, both sides are held together."""
_BESIDE = (0.95, 1.05)
"""Other middles, around which nothing is mirrored."""
_FEWEST, _FEWEST_LINES = 4, 24
_SOUNDS = 1e-9
"""Power of a line, of the excerpt's strongest, under which it is rounding or dither."""


def mirrored(excerpts: Sequence[Excerpt], sample_rate_hz: int, made_hz: int) -> float:
    """How much more is mirrored around half of `made_hz` than around other middles, up to 1.

    That of the middle excerpt of those that have something there; 0 where too few have.
    """
    found = [_mirrored(each, sample_rate_hz, made_hz) for each in excerpts]
    known = [each for each in found if each is not None]
    return float(np.median(known)) if len(known) >= _FEWEST else 0.0


def _mirrored(excerpt: Excerpt, sample_rate_hz: int, made_hz: int) -> float | None:
    """Of a length that half the lower rate is a line, or lies between two."""
    turn = sample_rate_hz // gcd(sample_rate_hz, made_hz)
    size = len(excerpt.samples) // turn * turn
    if not size:
        return None
    spectrum = fft.rfft(excerpt.samples[:size] * np.hanning(size + 1)[:-1])
    nearest, twice = round(_NEAREST_HZ * size / sample_rate_hz), made_hz * size // sample_rate_hz
    there = _one_phase(spectrum, twice, nearest)
    beside = [_one_phase(spectrum, round(each * twice), nearest) for each in _BESIDE]
    return None if there is None else there - max(each or 0.0 for each in beside)


def _one_phase(spectrum: npt.NDArray[np.complex128], twice: int, nearest: int) -> float | None:
    """How much the products of lines around line `twice` / 2 have one phase: 0 to 1."""
    middle = twice // 2
    farthest = min(round(_FARTHEST * middle), len(spectrum) - 1 - middle)
    away = np.arange(nearest, farthest)
    below, above = spectrum[twice - middle - away], spectrum[middle + away]
    least = _SOUNDS * float(np.square(np.abs(spectrum)).max())
    product = below * above
    heard = np.minimum(np.square(np.abs(below)), np.square(np.abs(above))) > least
    if np.count_nonzero(heard) < _FEWEST_LINES:
        return None
    return float(np.abs((product[heard] / np.abs(product[heard])).mean()))
