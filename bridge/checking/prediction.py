"""What linear prediction leaves of a signal from both sides: what breaks into music stays.

A sample counts for what neither those before it nor those behind it explain. Where a note sets in,
or a wave jumps, what is behind explains each sample that nothing before does; where something
breaks into a sound, neither does.

Autocorrelation method with Hann windows of 4096, a set of coefficients every 2048 frames, order
24 (Makhoul, "Linear Prediction: A Tutorial Review", Proc. IEEE 63, 1975).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.autoregressive.predictors import autocorrelation
from bridge.native import library

ORDER = 24
_WINDOW_FRAMES = 4096
_HOP_FRAMES = 2048
_BEFORE = (_WINDOW_FRAMES - _HOP_FRAMES) // 2
"""A hop's window lies around its middle."""
_WINDOW = np.hanning(_WINDOW_FRAMES).astype(np.float32)
_WHITENING = 1e-7
_SILENCE = 1e-9

Residual = npt.NDArray[np.float32]


def unexplained(samples: Block, first: int, wanted: slice) -> Residual:
    """The lesser prediction error of both directions: (channels, frames) float32, 0 in silence.

    Of the `wanted` frames of (channels, frames). `first` is the absolute frame of the first sample:
    coefficients change on an absolute grid.
    """
    return np.stack([_unexplained(channel, first, wanted) for channel in samples])


def _unexplained(signal: Block, first: int, wanted: slice) -> Residual:
    lead = first % _HOP_FRAMES
    low = (lead + wanted.start) // _HOP_FRAMES
    hops = -(-(lead + wanted.stop) // _HOP_FRAMES) - low
    begin = low * _HOP_FRAMES - lead
    padded = _stretch(signal, begin - _BEFORE, hops * _HOP_FRAMES + 2 * _BEFORE)
    coefficients = _predictors(_each_hop(padded, _WINDOW_FRAMES) * _WINDOW)
    apart = _each_hop(padded[_BEFORE - ORDER :], _HOP_FRAMES + 2 * ORDER)[:hops]
    error = _lesser_errors(np.ascontiguousarray(apart), coefficients)
    error[~coefficients.any(axis=1)] = 0.0
    return error.reshape(-1)[wanted.start - begin : wanted.stop - begin]


def _stretch(signal: Block, start: int, frames: int) -> Residual:
    """So many frames of a signal from `start` on, as float32; zeros where it has none."""
    found = np.zeros(frames, np.float32)
    low, high = max(start, 0), min(start + frames, len(signal))
    found[low - start : high - start] = signal[low:high]
    return found


def _each_hop(padded: Residual, frames: int) -> Residual:
    """(hops, frames) of what begins with each hop."""
    return np.lib.stride_tricks.sliding_window_view(padded, frames)[::_HOP_FRAMES]


def _lesser_errors(apart: Residual, coefficients: Residual) -> Residual:
    """(hops, frames) the lesser error of each hop's frames, about which ORDER lie on both sides."""
    frames = apart.shape[1] - 2 * ORDER
    if (compiled := library()) is not None:
        found = np.empty((len(apart), frames), np.float32)
        compiled.lesser_errors(apart, coefficients, found, len(apart), frames, ORDER)
        return found
    error = np.abs(_errors(apart[:, : frames + ORDER], coefficients))
    turned = apart[:, : ORDER - 1 : -1]
    np.minimum(error, np.abs(_errors(turned, coefficients))[:, ::-1], out=error)
    return error


def _errors(stretches: Residual, coefficients: Residual) -> Residual:
    """(hops, frames) what is left of each stretch from its sample `ORDER` on."""
    frames = stretches.shape[1] - ORDER
    error = stretches[:, ORDER:].copy()
    for lag in range(1, ORDER + 1):
        error += coefficients[:, lag, None] * stretches[:, ORDER - lag : ORDER - lag + frames]
    return error


def _predictors(windows: Residual) -> Residual:
    """(hops, ORDER + 1) coefficients, the first 1; all 0 for silence. Levinson's recursion."""
    lags = np.stack([autocorrelation(each, ORDER + 1) for each in windows.astype(np.float64)])
    sounding = lags[:, 0] > _SILENCE
    found = np.zeros((len(windows), ORDER + 1))
    lags = lags[sounding]
    lags[:, 0] *= 1.0 + _WHITENING
    taps = np.zeros_like(lags)
    taps[:, 0] = 1.0
    left = lags[:, 0].copy()
    for order in range(1, ORDER + 1):
        turned = (taps[:, :order] * lags[:, order:0:-1]).sum(axis=1)
        reflection = -turned / left
        taps[:, 1 : order + 1] += reflection[:, None] * taps[:, order - 1 :: -1][:, :order]
        left = np.maximum(left * (1.0 - np.square(reflection)), 1e-12 * lags[:, 0])
    found[sounding] = taps
    return found.astype(np.float32)
