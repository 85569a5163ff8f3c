"""Levels every 10 ms: where there is sound, and by how much one file is roughly late."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.audio.sums import reblocked

STEPS_PER_S = 100
_CANDIDATES = 2
_LIKELY = 0.3

Levels = npt.NDArray[np.float64]
"""(10 ms steps,) mean square over all channels, the mean of each step taken out."""


def levels(blocks: Iterable[Block], rate_hz: int) -> Levels:
    """Read a stream once; 800 bytes are kept for each second."""
    edges = np.arange(STEPS_PER_S) * rate_hz // STEPS_PER_S
    found = [_second(block, edges) for block in reblocked(blocks, rate_hz)]
    return np.concatenate([np.empty(0), *found])


def _second(block: Block, edges: npt.NDArray[np.intp]) -> Levels:
    starts = edges[edges < block.shape[1]]
    counts = np.diff(np.append(starts, block.shape[1]))
    sums = np.add.reduceat(block, starts, axis=1)
    squares = np.add.reduceat(np.square(block), starts, axis=1)
    steps: Levels = np.maximum(squares / counts - np.square(sums / counts), 0.0).mean(axis=0)
    return steps


def likely_lags(a: Levels, b: Levels) -> list[int]:
    """Return the lags of B, in steps, at which the two envelopes agree best, 0 not among them."""
    if min(a.size, b.size) < 2:
        return []
    one, other = (np.sqrt(each) - np.sqrt(each).mean() for each in (a, b))
    scale = float(np.linalg.norm(one) * np.linalg.norm(other))
    if scale <= 0.0:
        return []
    size = 1 << (a.size + b.size - 1).bit_length()
    product = np.conj(np.fft.rfft(one, size)) * np.fft.rfft(other, size)
    match = np.fft.irfft(product, size) / scale
    lags: list[int] = []
    for index in np.argsort(-match, kind="stable")[: 50 * _CANDIDATES].tolist():
        lag = index if index < size // 2 else index - size
        distinct = all(abs(lag - taken) > STEPS_PER_S // 4 for taken in (0, *lags))
        if match[index] > _LIKELY and distinct and len(lags) < _CANDIDATES:
            lags.append(lag)
    return lags


def loudest_starts(a: Levels, frames: int, rate_hz: int, length: int, count: int) -> list[int]:
    """Return up to `count` frames, one in each equal part of the file, where it sounds most.

    Each starts a stretch of `length` frames that lies inside `frames`; silent parts have none.
    """
    if frames <= length:
        return [0]
    parts = min(count, frames // length)
    bounds = [part * (frames - length) // parts for part in range(parts + 1)]
    energy = np.concatenate([[0.0], np.cumsum(a)])
    reach = max(1, length * STEPS_PER_S // rate_hz)
    starts = []
    for low, high in pairwise(bounds):
        steps = np.arange(low * STEPS_PER_S // rate_hz, high * STEPS_PER_S // rate_hz + 1)
        ends = np.minimum(steps + reach, len(energy) - 1)
        sound = energy[ends] - energy[np.minimum(steps, len(energy) - 1)]
        best = int(steps[sound.argmax()]) * rate_hz // STEPS_PER_S
        if sound.max() > 0.0:
            starts.append(min(max(best, low), high))
    return starts
