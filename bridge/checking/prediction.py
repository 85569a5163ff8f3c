"""What linear prediction leaves of a signal: music mostly goes, what breaks into it stays.

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


def prediction_residual(samples: Block, first: int = 0) -> Residual:
    """The prediction error of each channel: (channels, frames) float32, 0 where silence is.

    `first` is the absolute frame of the first sample: coefficients change on an absolute grid.
    """
    return np.stack([_residual(channel, first) for channel in samples])


def _residual(signal: Block, first: int) -> Residual:
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
    stretches = np.lib.stride_tricks.sliding_window_view(padded, _HOP_FRAMES + ORDER)
    each = np.ascontiguousarray(stretches[begin - ORDER :: _HOP_FRAMES][:hops])
    error = each[:, ORDER:].copy()
    for lag in range(1, ORDER + 1):
        error += coefficients[:, lag, None] * each[:, ORDER - lag : ORDER - lag + _HOP_FRAMES]
    error[~coefficients.any(axis=1)] = 0.0
    return error.reshape(-1)[lead : lead + len(signal)]


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
