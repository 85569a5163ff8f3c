"""Unknown samples that leave least to a prediction error's filter, those around them as they are.

A system of equations in which samples have in common what the filter's autocorrelation says of
their distance, nothing beyond its order: solved by Cholesky's factors without roots (L D L'), those
without a gap by Levinson's recursion (Golub, Van Loan, "Matrix Computations", 4.1 and 4.7). In one
order alone and without a matrix library, whose threads would change the last bits.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.native import library

Places = npt.NDArray[np.int64]

_RIDGE = 1e-9
_MOST_BOUND = 2
"""Rounds in which samples that would break their bound are set to it."""


def least(made: Block, places: Places, weights: Block) -> Block:
    """(unknown,) the samples at `places`; `weights` (order + 1,) are those of the error's filter.

    `places` are in rising order.
    """
    pulled = _pull(made, places, weights)
    if places[-1] - places[0] + 1 > len(places):
        return _solved(places, weights, pulled)
    return _solved_run(weights, pulled)


def least_beyond(made: Block, places: Places, weights: Block, bounds: Block) -> Block:
    """As `least`, no sample nearer to zero than its bound, (unknown,) with its sign."""
    signs, found = np.sign(bounds), bounds.copy()
    free = np.ones(len(places), bool)
    trial = made.copy()
    for _ in range(_MOST_BOUND):
        trial[places] = bounds
        some = places[free]
        if not len(some):
            break
        values = _solved(some, weights, _pull(trial, some, weights))
        found[free] = values
        short = free.copy()
        short[free] = values * signs[free] < bounds[free] * signs[free]
        if not short.any():
            break
        found[short] = bounds[short]
        free &= ~short
    return found


def _pull(made: Block, places: Places, weights: Block) -> Block:
    """(unknown,) what the known samples say of each unknown one."""
    order = len(weights) - 1
    known = np.zeros(len(made) + 2 * order)
    known[order : order + len(made)] = made
    known[order + places] = 0.0
    both = np.concatenate([weights[:0:-1], weights])
    if (compiled := library()) is not None:
        pulled = np.empty(len(places))
        compiled.pulls(known, places, pulled, len(places), both, len(both))
        return pulled
    around = np.lib.stride_tricks.sliding_window_view(known, len(both))[places]
    return np.asarray(-(around * both).sum(axis=1))


def _solved(places: Places, weights: Block, right: Block) -> Block:
    """(unknown,) the solution."""
    count, order = len(places), len(weights) - 1
    ridge = _RIDGE * float(weights[0])
    stops = np.searchsorted(places, places + order, side="right")
    found = right.copy()
    if (compiled := library()) is not None:
        width = int((stops - np.arange(count)).max())
        room = np.empty((count + 1) * width)
        compiled.solve_near(places, count, weights, order, ridge, found, room, width)
        return found
    apart = places[:, None] - places
    near = np.where((apart >= 0) & (apart <= order), apart, order + 1)
    matrix = np.append(weights, 0.0)[near]
    matrix[np.diag_indices(count)] += ridge
    for at, stop in enumerate(stops.tolist()):
        column = matrix[at + 1 : stop, at].copy()
        scaled = column / matrix[at, at]
        matrix[at + 1 : stop, at + 1 : stop] -= scaled[:, None] * column
        matrix[at + 1 : stop, at] = scaled
        found[at + 1 : stop] -= scaled * found[at]
    found /= matrix.diagonal()
    for at in range(count - 2, -1, -1):
        below = slice(at + 1, int(stops[at]))
        found[at] -= float((matrix[below, at] * found[below]).sum())
    return found


def _solved_run(weights: Block, right: Block) -> Block:
    """As `_solved`, of places one behind the other."""
    count = len(right)
    turned, taps, found = np.zeros(count), np.zeros(count), np.zeros(count)
    some = weights[:count]
    turned[count - len(some) :] = some[::-1]
    turned[-1] *= 1.0 + _RIDGE
    taps[0] = 1.0
    if (compiled := library()) is not None:
        compiled.solve_toeplitz(turned, right, taps, found, count)
        return found
    left = float(turned[-1])
    found[0] = right[0] / left
    for step in range(1, count):
        lags = turned[count - 1 - step : -1]
        reflection = -float((taps[:step] * lags).sum()) / left
        taps[1 : step + 1] += reflection * taps[step - 1 :: -1].copy()
        left *= 1.0 - reflection * reflection
        scale = (float(right[step]) - float((found[:step] * lags).sum())) / left
        found[: step + 1] += scale * taps[step::-1]
    return found
