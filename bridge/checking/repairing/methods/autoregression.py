"""Samples that are missing, from what is before and behind them: an autoregressive model of both.

The model and the samples are estimated in turns (Janssen, Veldhuis, Vries, "Adaptive interpolation
of discrete-time signals that can be modeled as autoregressive processes", IEEE ASSP 34, 1986).
Sums and products in one order alone, no matrix library: its threads would change the last bits.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import fft
from scipy.linalg import solve_toeplitz

from bridge.audio import Block

Mask = npt.NDArray[np.bool_]

_WHITENING = 1e-9
_RIDGE = 1e-9
_LEAST_POWER = 1e-20
_MOST_BOUND = 2
"""Rounds in which samples that would break their bound are set to it."""


def filled(
    samples: Block, unknown: Mask, order: int, rounds: int, bounds: Block | None = None
) -> Block:
    """(frames,) with the `unknown` samples in place of what stood there.

    `bounds` (frames,) are the heights, signed, that unknown samples reach at least; what they
    begin with. Context of `order` frames before the first and behind the last unknown one is
    wanted, and a few thousand frames for the model.
    """
    made = samples.copy()
    places = np.flatnonzero(unknown)
    if not len(places):
        return made
    if bounds is None:
        known = np.flatnonzero(~unknown)
        made[places] = np.interp(places, known, samples[known]) if len(known) else 0.0
    else:
        made[places] = bounds[places]
    for left in range(rounds - 1, -1, -1):
        weights = _weights(predictors(made, order))
        if weights is None:
            break
        if bounds is None or left:
            made[places] = _least(made, places, weights)
        else:
            made[places] = _least_beyond(made, places, weights, bounds[places])
        if bounds is not None:
            made[places] = _beyond(made[places], bounds[places])
    return made


def predictors(samples: Block, order: int) -> Block | None:
    """(order + 1,) of the prediction error's filter, the first 1; None for silence.

    Autocorrelation method, Levinson's recursion.
    """
    size = fft.next_fast_len(2 * len(samples), real=True)
    spectrum = fft.rfft(samples, size)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    lags = np.asarray(fft.irfft(power, size)[: order + 1], np.float64)
    if lags[0] <= _LEAST_POWER:
        return None
    lags[0] *= 1.0 + _WHITENING
    taps = np.zeros(order + 1)
    taps[0], left = 1.0, float(lags[0])
    for step in range(1, order + 1):
        reflection = -float((taps[:step] * lags[step:0:-1]).sum()) / left
        taps[1 : step + 1] += reflection * taps[step - 1 :: -1][:step].copy()
        left *= 1.0 - reflection * reflection
        if left <= _LEAST_POWER:
            break
    return taps


def _weights(taps: Block | None) -> Block | None:
    """(order + 1,) the filter's autocorrelation: what two samples so far apart have in common."""
    if taps is None:
        return None
    order = len(taps) - 1
    return np.array(
        [float((taps[: order + 1 - lag] * taps[lag:]).sum()) for lag in range(order + 1)]
    )


def _least(made: Block, places: npt.NDArray[np.int64], weights: Block) -> Block:
    """The samples at `places` that leave least to the error, the others as they are."""
    pulled = _pull(made, places, weights)
    if places[-1] - places[0] + 1 > len(places):
        return solved(_bands(places, weights), pulled)
    column = np.zeros(max(len(places), len(weights)))
    column[: len(weights)] = weights
    column[0] *= 1.0 + _RIDGE
    run: Block = solve_toeplitz(column[: len(places)], pulled)
    return run


def _least_beyond(
    made: Block, places: npt.NDArray[np.int64], weights: Block, bounds: Block
) -> Block:
    """As `_least`, no sample nearer to zero than its bound."""
    signs, found = np.sign(bounds), bounds.copy()
    free = np.ones(len(places), bool)
    trial = made.copy()
    for _ in range(_MOST_BOUND):
        trial[places] = bounds
        some = places[free]
        if not len(some):
            break
        values = solved(_bands(some, weights), _pull(trial, some, weights))
        found[free] = values
        short = free.copy()
        short[free] = values * signs[free] < bounds[free] * signs[free]
        if not short.any():
            break
        found[short] = bounds[short]
        free &= ~short
    return found


def _beyond(values: Block, bounds: Block) -> Block:
    """The values, those that fall short of their bound set to it."""
    return np.where(values * np.sign(bounds) < np.abs(bounds), bounds, values)


def _pull(made: Block, places: npt.NDArray[np.int64], weights: Block) -> Block:
    """(unknown,) what the known samples say of each unknown one."""
    order = len(weights) - 1
    known = np.zeros(len(made) + 2 * order)
    known[order : order + len(made)] = made
    known[order + places] = 0.0
    both = np.concatenate([weights[:0:-1], weights])
    around = np.lib.stride_tricks.sliding_window_view(known, 2 * order + 1)[places]
    pulled: Block = -(around * both).sum(axis=1)
    return pulled


def _bands(places: npt.NDArray[np.int64], weights: Block) -> Block:
    """(unknown, unknown) what unknown samples have in common, its lower half."""
    apart = places[:, None] - places[None, :]
    near = np.where((apart >= 0) & (apart < len(weights)), apart, len(weights))
    found: Block = np.append(weights, 0.0)[near]
    return found


def solved(matrix: Block, right: Block) -> Block:
    """The solution of a symmetric system, positive definite, of which the lower half is read.

    Cholesky's without roots (L D L'). `matrix` is written over.
    """
    count = len(right)
    found = right.copy()
    diagonal = matrix.diagonal().copy()
    ridge = _RIDGE * float(diagonal.max())
    matrix[np.diag_indices(count)] += ridge
    for at in range(count):
        column = matrix[at + 1 :, at]
        reach = int(np.flatnonzero(column)[-1]) + 1 if column.any() else 0
        scaled = column[:reach] / matrix[at, at]
        stop = at + 1 + reach
        matrix[at + 1 : stop, at + 1 : stop] -= scaled[:, None] * column[:reach]
        matrix[at + 1 : stop, at] = scaled
        found[at + 1 : stop] -= scaled * found[at]
    found /= matrix.diagonal()
    for at in range(count - 1, -1, -1):
        column = matrix[at + 1 :, at]
        found[at] -= float((column * found[at + 1 :]).sum())
    return found
