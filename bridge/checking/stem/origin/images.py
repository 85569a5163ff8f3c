"""The images that a shallow resampler leaves: around half the lower rate, treble is mirrored.

What lay as far below half the old rate lies as far above it, quieter as the filter has it, and with
its phase turned over: the products of both turn with the old rate from one moment to the next, and
but for that have one phase wherever they lie. In a single hit all products have one phase, but
around any other middle as well; of two steady partials they have, but not from note to note.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, lcm

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.audio import Block
from bridge.checking.stem.origin.coded_frames import Excerpt

_NEAREST_HZ, _FARTHEST = 60.0, 0.5
"""From how far off the middle on, and up to which part of it, both sides are held together."""
_BESIDE = (0.94, 0.97, 1.03, 1.06)
"""Other middles, around which nothing is mirrored."""
_BLOCK = 256
_PARTS = (1, 2, 4, 8, 12.8, 16, 24, 25.6, 32)
_BLOCKS_APART = (*(-each for each in _PARTS), *_PARTS)
"""What changes every so many frames or such a part of them, from 8 on, as where a plugin is
automated or a synthesizer takes its controls, does so there as well."""
_FEWEST, _FEWEST_LINES = 6, 8
_OVER_ROUNDING_DB = 10.0
_WINDOW_POWER = 12**-0.5
_BLACKMAN_HARRIS = (0.35875, 0.48829, 0.14128, 0.01168)

Spectra = npt.NDArray[np.complex128]


def mirrored(excerpts: Sequence[Excerpt], sample_rate_hz: int, made_hz: int, bits: int) -> float:
    """How far what is mirrored around half of `made_hz` has one phase all along, in deviations.

    `bits` are those of the stem's samples: what rounding to them leaves is not heard. Of excerpts
    without images it is that of a walk in any directions, which seldom is over 3; with images it
    is up to the square root of their number. 0 where too few have something on both sides.
    """
    turn = sample_rate_hz // gcd(sample_rate_hz, made_hz)
    whole = lcm(turn, _BLOCK)
    size = min((len(each.samples) for each in excerpts), default=0)
    size -= size % (whole if whole <= size else turn)
    if not size:
        return 0.0
    window = _window(size)
    spectra = fft.rfft(np.stack([each.samples[:size] for each in excerpts]) * window, axis=1)
    rounding = 2.0 ** (1 - bits) * _WINDOW_POWER * float(np.sqrt(np.square(window).sum()))
    least = rounding * 10 ** (_OVER_ROUNDING_DB / 20)
    nearest = round(_NEAREST_HZ * size / sample_rate_hz)
    twice = made_hz * size // sample_rate_hz
    added, lines = _products(spectra, twice, nearest, least)
    heard = lines >= _FEWEST_LINES
    if np.count_nonzero(heard) < _FEWEST:
        return 0.0
    others = [round(each * twice) for each in _BESIDE]
    others += [twice + round(each * size / _BLOCK) for each in _BLOCKS_APART]
    beside = np.zeros(len(lines))
    for other in others:
        there, counted = _products(spectra, other, nearest, least)
        beside = np.maximum(beside, np.abs(there) / np.maximum(np.maximum(counted, lines), 1))
    more = np.maximum(0.0, 1.0 - beside * lines / np.maximum(np.abs(added), 1e-9))
    first = np.array([each.first for each in excerpts])
    turned = np.exp(-2j * np.pi * (first * made_hz % sample_rate_hz) / sample_rate_hz)
    steps = (added * turned * more / np.sqrt(np.maximum(lines, 1)))[heard]
    return float(np.abs(steps.sum()) / max(np.sqrt(np.square(np.abs(steps)).sum()), 1e-9))


def _products(spectra: Spectra, twice: int, nearest: int, least: float) -> tuple[Spectra, Block]:
    """Of each excerpt's lines around line `twice` / 2: the sum of their directions, their count."""
    below = twice // 2
    above = twice - below
    farthest = min(round(_FARTHEST * below), spectra.shape[1] - 1 - above)
    away = np.arange(nearest, max(nearest, farthest))
    low, high = spectra[:, below - away], spectra[:, above + away]
    heard = np.minimum(np.abs(low), np.abs(high)) > least
    product = np.where(heard, low * high, 0.0)
    directions = product / np.maximum(np.abs(product), 1e-300)
    return directions.sum(axis=1), heard.sum(axis=1).astype(float)


def _window(size: int) -> Block:
    """(size,) the window of Blackman and Harris, with 92 dB to its sides.

    `scipy.signal` has the same; its package takes 50 MB of every process that hears a stem.
    """
    turns = np.linspace(-np.pi, np.pi, size + 1)[:-1]
    window = np.zeros(size)
    for place, weight in enumerate(_BLACKMAN_HARRIS):
        window += weight * np.cos(place * turns)
    return window
