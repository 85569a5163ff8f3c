"""The predictors of a signal: what each sample shares with those before it.

Autocorrelation method, Levinson's recursion (Makhoul, "Linear Prediction: A Tutorial Review",
Proc. IEEE 63, 1975).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bridge.audio import Block
from bridge.native import library

_WHITENING = 1e-9
_LEAST_POWER = 1e-20
_TAPERED = 0.25


def predictors(samples: Block, order: int, *, tapered: bool = False) -> Block | None:
    """(order + 1,) of the prediction error's filter, the first 1; None for silence.

    `tapered`: a quarter of the samples fades in, another out. Without it the samples' ends count as
    what is played, and near tones blur; with it a few missing samples come out some 10 dB better,
    and gaps of milliseconds, for which the model rings too long then, 5 dB worse.
    """
    heard = samples * _taper(len(samples)) if tapered else samples
    lags = autocorrelation(heard, order + 1)
    if lags[0] <= _LEAST_POWER:
        return None
    return predictors_of(lags)


def predictors_of(lags: Block, whitening: float = _WHITENING) -> Block:
    """(lags,) of the prediction error's filter, from the autocorrelation of what is played.

    `whitening`: the share of its power that is taken for noise.
    """
    turned = lags[::-1].copy()
    turned[-1] *= 1.0 + whitening
    return _levinson(turned)


def prediction_error(samples: Block, taps: Block) -> Block:
    """What the samples before each one do not predict of it; before the first there is silence."""
    order = len(taps) - 1
    padded = np.concatenate([np.zeros(order), samples])
    error = np.zeros(len(samples))
    for lag, tap in enumerate(taps.tolist()):
        error += tap * padded[order - lag : order - lag + len(samples)]
    return error


def autocorrelation(values: Block, lags: int) -> Block:
    """(lags,) what the values have in common with those so many places behind them.

    Summed as they stand, not by a transform: a library's bits may change with it.
    """
    count, found = len(values), np.zeros(lags)
    some = min(lags, count)
    if (compiled := library()) is not None:
        compiled.autocorrelation(values, found, count, some)
    else:
        for lag in range(some):
            found[lag] = (values[: count - lag] * values[lag:]).sum()
    return found


@cache
def _taper(frames: int) -> Block:
    """(frames,) 1 in the middle, at both ends 3 t^2 - 2 t^3."""
    to_end = np.minimum(np.arange(frames) + 0.5, frames - np.arange(frames) - 0.5)
    t = np.minimum(to_end / (_TAPERED * frames), 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def _levinson(turned: Block) -> Block:
    """(order + 1,) the taps from an autocorrelation's lags, the longest first."""
    order = len(turned) - 1
    taps = np.zeros(order + 1)
    taps[0] = 1.0
    if (compiled := library()) is not None:
        compiled.levinson(turned, taps, order, _LEAST_POWER)
        return taps
    left = float(turned[order])
    for step in range(1, order + 1):
        reflection = -float((taps[:step] * turned[order - step : order]).sum()) / left
        taps[1 : step + 1] += reflection * taps[step - 1 :: -1][:step].copy()
        left *= 1.0 - reflection * reflection
        if left <= _LEAST_POWER:
            break
    return taps
