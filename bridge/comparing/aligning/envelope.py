"""Levels over time: where there is sound, and by how much one file is roughly late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bridge.audio import Block, reblocked

STEPS_PER_S = 100
_FINE_PER_S = 1000
_FINE_STEPS = 1 << 19
_CANDIDATES = 2
_LIKELY = 0.3
_APART_S = 0.05
_LEAST_SHARED = 0.125
_FOR_MORE = 0.03

_SMOOTH = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0

Steps = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Levels:
    """What a file's level does.

    `coarse` is the mean square of every 10 ms over all channels, the mean of each step taken out;
    `fine` the mean square of every millisecond, as it is.
    """

    coarse: Steps
    fine: Steps


def levels(blocks: Iterable[Block], rate_hz: int) -> Levels:
    """Read a stream once; 9 kilobytes are kept for each second."""
    coarse, fine = [np.empty(0)], [np.empty(0)]
    for block in reblocked(blocks, rate_hz):
        coarse.append(_coarse(block, rate_hz))
        edges, counts = _cut(block, rate_hz, _FINE_PER_S)
        fine.append(np.add.reduceat(np.square(block).mean(axis=0), edges) / counts)
    return Levels(np.concatenate(coarse), np.concatenate(fine))


def _cut(block: Block, rate_hz: int, steps_per_s: int) -> tuple[npt.NDArray[np.intp], Steps]:
    """Where the steps of a second begin, as far as there is any of it, and their lengths."""
    edges = np.unique(np.arange(steps_per_s) * rate_hz // steps_per_s)
    edges = edges[edges < block.shape[1]]
    return edges, np.diff(np.append(edges, block.shape[1])).astype(np.float64)


def _coarse(block: Block, rate_hz: int) -> Steps:
    starts, counts = _cut(block, rate_hz, STEPS_PER_S)
    sums = np.add.reduceat(block, starts, axis=1)
    squares = np.add.reduceat(np.square(block), starts, axis=1)
    steps: Steps = np.maximum(squares / counts - np.square(sums / counts), 0.0).mean(axis=0)
    return steps


def likely_lags(a: Levels, b: Levels, rate_hz: int, near_frames: int) -> list[int]:
    """Return up to 2 lags of B in frames at which the levels agree best over what both then have.

    They agree better there than within `near_frames` of 0, where there is nothing to look for.
    """
    every = -(-max(a.fine.size, b.fine.size) // _FINE_STEPS) if a.fine.size else 1
    match = _agreement(*(_pooled(each.fine, every) for each in (a, b)))
    per_s = _FINE_PER_S / every
    lags: list[int] = []
    for index in np.argsort(-match, kind="stable").tolist():
        lag = index if index < match.size // 2 else index - match.size
        frames = round(lag * rate_hz / per_s)
        if match[index] <= _LIKELY or abs(frames) <= near_frames or len(lags) == _CANDIDATES:
            break
        if all(abs(frames - taken) > _APART_S * rate_hz for taken in lags):
            lags.append(frames)
    return lags


def _pooled(steps: Steps, every: int) -> Steps:
    whole = steps.size // every * every
    roots = np.sqrt(steps[:whole].reshape(-1, every).mean(axis=1))
    # Half a step of lag would otherwise tell a sharp attack from itself.
    smooth: Steps = np.convolve(roots, _SMOOTH, mode="same") if roots.size else roots
    return smooth


def _agreement(a: Steps, b: Steps) -> Steps:
    """The correlation of two level curves at every lag of B, over the steps both have there.

    Negative lags come from the end, as an FFT gives them; where little is shared it is -1. A strict
    beat agrees with itself at many lags: of equal ones that with most in common is a little ahead.
    """
    size = 1 << (a.size + b.size).bit_length()
    one, other = (
        [np.fft.rfft(each, size) for each in (np.ones_like(steps), steps, np.square(steps))]
        for steps in (a, b)
    )

    def over(first: int, second: int) -> Steps:
        return np.fft.irfft(np.conj(one[first]) * other[second], size)

    shared = np.maximum(np.rint(over(0, 0)), 1.0)
    of_a, of_b = over(1, 0), over(0, 1)
    spread_a = over(2, 0) - of_a * of_a / shared
    spread_b = over(0, 2) - of_b * of_b / shared
    enough = shared >= _LEAST_SHARED * min(a.size, b.size)
    for spread, steps in ((spread_a, a), (spread_b, b)):
        enough &= spread > 1e-6 * float(np.square(steps).sum())
    product = over(1, 1) - of_a * of_b / shared
    found = np.full(size, -1.0)
    found[enough] = product[enough] / np.sqrt(spread_a[enough] * spread_b[enough])
    return np.where(enough, found - _FOR_MORE * (1.0 - shared / min(a.size, b.size)), found)


def loudest_starts(a: Steps, frames: int, rate_hz: int, length: int, count: int) -> list[int]:
    """Return up to `count` frames, one in each equal part of the file, where it sounds most.

    `a` are its coarse levels. Each starts a stretch of `length` frames that lies inside `frames`;
    silent parts have none.
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
