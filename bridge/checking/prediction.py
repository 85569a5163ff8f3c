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
from scipy import fft

from bridge.audio import Block

ORDER = 24
_WINDOW_FRAMES = 4096
_HOP_FRAMES = 2048
_WHITENING = 1e-7
_SILENCE = 1e-9

Residual = npt.NDArray[np.float32]


def unexplained(samples: Block, first: int = 0) -> Residual:
    """The lesser prediction error of both directions: (channels, frames) float32, 0 in silence.

    `first` is the absolute frame of the first sample: coefficients change on an absolute grid.
    """
    return np.stack([_unexplained(channel, first) for channel in samples])


def _unexplained(signal: Block, first: int) -> Residual:
    lead = first % _HOP_FRAMES
    hops = -(-(lead + len(signal)) // _HOP_FRAMES)
    half = _WINDOW_FRAMES // 2
    before = lead + half + ORDER
    padded = np.zeros(before + hops * _HOP_FRAMES + _WINDOW_FRAMES, np.float32)
    padded[before : before + len(signal)] = signal
    starts = np.arange(hops) * _HOP_FRAMES
    # a hop's window lies around its middle
    at = starts + before - lead + _HOP_FRAMES // 2 - half
    windows = padded[at[:, None] + np.arange(_WINDOW_FRAMES)]
    coefficients = _predictors(windows * np.hanning(_WINDOW_FRAMES).astype(np.float32))
    begin = before - lead
    stretches = np.lib.stride_tricks.sliding_window_view(padded, _HOP_FRAMES + 2 * ORDER)
    each = np.ascontiguousarray(stretches[begin - ORDER :: _HOP_FRAMES][:hops])
    error = np.abs(_errors(each[:, : _HOP_FRAMES + ORDER], coefficients))
    turned = each[:, : ORDER - 1 : -1]
    np.minimum(error, np.abs(_errors(turned, coefficients))[:, ::-1], out=error)
    error[~coefficients.any(axis=1)] = 0.0
    return error.reshape(-1)[lead : lead + len(signal)]


def _errors(stretches: Residual, coefficients: Residual) -> Residual:
    """(hops, frames) what is left of each stretch from its sample `ORDER` on."""
    frames = stretches.shape[1] - ORDER
    error = stretches[:, ORDER:].copy()
    for lag in range(1, ORDER + 1):
        error += coefficients[:, lag, None] * stretches[:, ORDER - lag : ORDER - lag + frames]
    return error


def _predictors(windows: Residual) -> Residual:
    """(hops, ORDER + 1) coefficients, the first 1; all 0 for silence. Levinson's recursion."""
    spectra = fft.rfft(windows.astype(np.float64), 2 * _WINDOW_FRAMES, axis=1)
    power = np.square(spectra.real) + np.square(spectra.imag)
    lags = fft.irfft(power, axis=1)[:, : ORDER + 1].astype(np.float64)
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
