"""The predictors of a signal: what each sample shares with those before it.

Autocorrelation method, Levinson's recursion (Makhoul, "Linear Prediction: A Tutorial Review",
Proc. IEEE 63, 1975).
"""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.native import library

_WHITENING = 1e-9
_LEAST_POWER = 1e-20


def predictors(samples: Block, order: int) -> Block | None:
    """(order + 1,) of the prediction error's filter, the first 1; None for silence."""
    lags = autocorrelation(samples, order + 1)
    if lags[0] <= _LEAST_POWER:
        return None
    lags[0] *= 1.0 + _WHITENING
    return _levinson(lags[::-1].copy())


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
