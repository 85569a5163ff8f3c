"""Frames of AAC in what came out of it: coefficients that the encoder gave no bits read as zero.

A codec codes the modified discrete cosine transform of frames of 1024 (ISO/IEC 14496-3, 4.6.11).
The transform of decoded sound on the encoder's own frames gives its rounded coefficients back, and
many of them are zero; on frames that begin one sample beside them none of it is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy import fft
from scipy.ndimage import uniform_filter1d

from bridge.audio import Block

FRAME = 1024
EXCERPT_FRAMES = 3 * FRAME - 1
"""Holds one transform of 2048 at each of the 1024 places where frames may begin."""
_LOWEST_BIN = 100
"""Below, an encoder gives bits to all that sounds."""
_AROUND_BINS = 33
_ZERO = 0.03
"""Of the mean magnitude around a coefficient."""
_SILENCE = 2e-6
_KAISER_ALPHA = 4.0


@dataclass(frozen=True)
class Excerpt:
    """(EXCERPT_FRAMES,) of a stem's side, from its frame `first` on."""

    first: int
    samples: Block


def framed(excerpts: Sequence[Excerpt]) -> float:
    """How far one place of frames has more zeros than the others do, in their deviations.

    Sound that no such codec made reaches 5, as the largest of 1024 does by chance.
    """
    zeros, heard = np.zeros(FRAME), np.zeros(FRAME)
    for each in excerpts:
        found, sounding = _zeros(each.samples)
        places = (each.first + np.arange(FRAME)) % FRAME
        zeros[places] += found
        heard[places] += sounding
    if not heard.any():
        return 0.0
    share = zeros / np.maximum(heard, 1.0)
    return float((share.max() - np.median(share)) / max(share.std(), 1e-9))


def _zeros(samples: Block) -> tuple[Block, Block]:
    """(FRAME,) each by where a frame begins: coefficients that are zero, and all that sound."""
    window, after = _turns()
    frames = sliding_window_view(samples.astype(np.float32), 2 * FRAME) * window
    turned = fft.fft(frames, axis=1)[:, _LOWEST_BIN:FRAME] * after[_LOWEST_BIN:]
    magnitudes = np.abs(turned.real)
    around = uniform_filter1d(magnitudes, _AROUND_BINS, axis=1)
    sounding = around > _SILENCE
    zero = (magnitudes < _ZERO * around) & sounding
    return zero.sum(axis=1).astype(float), sounding.sum(axis=1).astype(float)


@cache
def _turns() -> tuple[npt.NDArray[np.complex64], npt.NDArray[np.complex64]]:
    """What makes an FFT of 2048 the transform: the Kaiser-Bessel window, turned, and a turn."""
    summed = np.cumsum(np.kaiser(FRAME + 1, np.pi * _KAISER_ALPHA))
    rising = np.sqrt(summed[:FRAME] / summed[-1])
    at, bins = np.arange(2 * FRAME), np.arange(FRAME) + 0.5
    window = np.concatenate([rising, rising[::-1]]) * np.exp(-0.5j * np.pi * at / FRAME)
    after = np.exp(-1j * np.pi / FRAME * bins * (0.5 + FRAME / 2))
    return window.astype(np.complex64), after.astype(np.complex64)
