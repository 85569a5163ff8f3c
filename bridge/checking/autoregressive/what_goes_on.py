"""Whether a sound goes on over a burst: what is before it explains what is behind it.

A click hides some samples of a sound and leaves it as it was. Where a note sets in, or two takes
were joined, there is another sound behind: no samples in the burst's place lead over to it. So the
samples are made anew by an autoregressive model of both sides, each heard by itself, and what that
model does not explain of them and of those next to them is held against what it never explains.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.autoregressive.least_error import least, least_beyond
from bridge.checking.autoregressive.predictors import (
    autocorrelation,
    prediction_error,
    predictors_of,
)

GOES_ON = 6.0
"""What is left, over what is usual, up to which a sound goes on."""
_ORDER = 32
_SIDE_S = 0.02
_WIDER = (2, 6, 12)
"""Frames on both sides of a burst that may be of it: its quiet ends do not stand out."""
_NOISE = 1e-6
_SILENCE = 1e-12
_ALIKE = 3.0 * 2.0**-15
"""What two samples of a cut peak differ by, dithered to 16 bits after it."""
_ROUNDING = 4e-12
"""Power of what is left of silence."""


def left_over(samples: Block, start: int, stop: int, rate_hz: int) -> float:
    """Power that samples made anew from `start` to `stop` leave, over what is usual beside them.

    `samples` are (frames,) of one side. Least of several widths, or the first at which the sound
    goes on; 0 in silence.
    """
    found = np.inf
    for wider in _WIDER:
        if wider > _WIDER[0] and stop - start + 2 * wider > _ORDER:
            break  # as many samples as the model reaches over lead from any sound to any other
        found = min(found, _left_over(samples, start - wider, stop + wider, rate_hz))
        if found < GOES_ON:
            break
    return float(found)


def left_beside(samples: Block, start: int, stop: int, rate_hz: int) -> float:
    """As `left_over`, of the least width alone: what is right beside a burst counts as played."""
    return _left_over(samples, start - _WIDER[0], stop + _WIDER[0], rate_hz)


def left_cut(samples: Block, start: int, stop: int, rate_hz: int) -> float:
    """As `left_over`, if the peaks there were cut: only samples as high as the highest are made
    anew, and none of them lower than it is.
    """
    first, last = max(0, start - _ORDER), min(len(samples), stop + _ORDER)
    wall = float(np.abs(samples[max(0, start - 1) : stop + 1]).max(initial=0.0))
    cut = first + np.flatnonzero(np.abs(samples[first:last]) >= wall - _ALIKE)
    if not len(cut):
        return np.inf
    return _left_over(samples, min(start, int(cut[0])), max(stop, int(cut[-1]) + 1), rate_hz, cut)


def _left_over(
    samples: Block, start: int, stop: int, rate_hz: int, cut: npt.NDArray[np.int64] | None = None
) -> float:
    """Of all samples from `start` to `stop` made anew, or of those that were `cut`."""
    side = round(_SIDE_S * rate_hz)
    first = max(0, start - side)
    near = samples[first : stop + side].copy()
    begin, end = start - first, stop - first
    before, behind = near[:begin], near[end:]
    lags = _lags(before) + _lags(behind)
    if begin < _ORDER or len(behind) < _ORDER or lags[0] <= _SILENCE:
        return 0.0
    taps = predictors_of(lags, _NOISE)
    weights = autocorrelation(taps, _ORDER + 1)
    if cut is None:
        near[begin:end] = least(near, np.arange(begin, end), weights)
    else:
        near[cut - first] = least_beyond(near, cut - first, weights, samples[cut])
    made = prediction_error(near, taps)[begin : end + _ORDER]
    usual = np.concatenate([prediction_error(part, taps)[_ORDER:] for part in (before, behind)])
    power = float(np.square(usual).mean()) if len(usual) else 0.0
    return float(np.square(made).sum()) / _ORDER / (power + _ROUNDING)


def _lags(side: Block) -> Block:
    """(order + 1,) the autocorrelation of one side, faded in and out."""
    return autocorrelation(side * np.hanning(len(side) + 2)[1:-1], _ORDER + 1)
