"""How far apart two sounds are to an ear, roughly: advice beside the measured residual.

The mean difference of levels in critical bands (Zwicker, JASA 33, 1961), over frames of about 40
ms, of the bands within 50 dB of the loudest in their frame: what lies further below is masked.
"""

from __future__ import annotations

import math

import numpy as np

from bridge.audio.blocks import Block

EDGES_HZ = (
    20, 100, 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150,
    3700, 4400, 5300, 6400, 7700, 9500, 12000, 15500,
)  # fmt: skip

_FRAME_S = 0.04
_MASKED = 1e-5
_SILENT = 1e-10

ADVICE = (
    (0.05, "nobody would hear it"),
    (0.3, "hardly audible"),
    (1.0, "audible to a trained ear"),
    (math.inf, "plainly audible"),
)


def advice(distance_db: float) -> str:
    """Put a distance into words."""
    return next(words for limit, words in ADVICE if distance_db <= limit)


class Perceptual:
    """Takes A and B together; the cut of the blocks does not matter."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._size = 1 << round(math.log2(rate_hz * _FRAME_S))
        self._window = np.hanning(self._size + 1)[:-1]
        lines = np.array([edge * self._size / rate_hz for edge in EDGES_HZ if edge < rate_hz / 2])
        self._edges = np.unique(np.ceil(lines).astype(int))
        self._held: tuple[Block, Block] = (np.empty((channels, 0)), np.empty((channels, 0)))
        self._distance = 0.0
        self._heard = 0

    def add(self, a: Block, b: Block) -> None:
        """Take (channels, n) of both."""
        one, other = (np.concatenate(each, axis=1) for each in zip(self._held, (a, b), strict=True))
        whole = one.shape[1] // self._size * self._size
        self._held = (one[:, whole:].copy(), other[:, whole:].copy())
        if whole and len(self._edges) > 1:  # no band lies below half of the lowest rates
            self._compare(self._levels(one[:, :whole]), self._levels(other[:, :whole]))

    def result_db(self) -> float:
        """Return the mean distance; 0 when nothing was audible."""
        return self._distance / self._heard if self._heard else 0.0

    def _levels(self, block: Block) -> Block:
        """Mean squares, (frames, bands), both channels together."""
        frames = block.reshape(block.shape[0], -1, self._size) * self._window
        spectrum = np.fft.rfft(frames, axis=2)
        power = (np.square(spectrum.real) + np.square(spectrum.imag)).sum(axis=0)
        bands: Block = np.add.reduceat(power, self._edges, axis=1)[:, :-1]
        bands *= 2.0 / (0.375 * self._size**2 * block.shape[0])
        return bands

    def _compare(self, a: Block, b: Block) -> None:
        louder = np.maximum(a, b)
        floor = np.maximum(louder.max(axis=1, keepdims=True) * _MASKED, _SILENT)
        heard = louder > floor
        apart = np.abs(10.0 * np.log10(np.maximum(a, floor) / np.maximum(b, floor)))
        self._distance += float(apart[heard].sum())
        self._heard += int(heard.sum())
