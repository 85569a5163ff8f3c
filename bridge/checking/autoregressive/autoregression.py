"""Samples that are missing, from what is before and behind them: an autoregressive model of both.

The model and the samples are estimated in turns (Janssen, Veldhuis, Vries, "Adaptive interpolation
of discrete-time signals that can be modeled as autoregressive processes", IEEE ASSP 34, 1986).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.autoregressive.least_error import least, least_beyond
from bridge.checking.autoregressive.predictors import autocorrelation, predictors

Mask = npt.NDArray[np.bool_]


def filled(
    samples: Block,
    unknown: Mask,
    order: int,
    rounds: int,
    bounds: Block | None = None,
    *,
    tapered: bool = False,
) -> Block:
    """(frames,) with the `unknown` samples in place of what stood there.

    `bounds` (frames,) are the heights, signed, that unknown samples reach at least; what they
    begin with. `tapered` as `predictors` has it. Context of `order` frames before the first and
    behind the last unknown one is wanted, and a few thousand frames for the model.
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
        taps = predictors(made, order, tapered=tapered)
        if taps is None:
            break
        weights = autocorrelation(taps, order + 1)
        if bounds is None or left:
            made[places] = least(made, places, weights)
        else:
            made[places] = least_beyond(made, places, weights, bounds[places])
        if bounds is not None:
            made[places] = _beyond(made[places], bounds[places])
    return made


def _beyond(values: Block, bounds: Block) -> Block:
    """The values, those that fall short of their bound set to it."""
    return np.where(values * np.sign(bounds) < np.abs(bounds), bounds, values)
