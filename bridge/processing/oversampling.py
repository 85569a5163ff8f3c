"""A curve applied at a multiple of the rate, by FFT over an absolute grid.

Overlap-save: every window is filtered by the same zero-phase low-pass on its way up and on its way
down (Kaiser-windowed sinc, 140 dB, flat to 0.482 of the rate), so the frames between the margins
are those of an endless convolution to -200 dB, and no frame is late. The grid begins with the
stream, hence blocks do not matter.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from bridge.processing.decibels import Array

WINDOW_FRAMES = 8192
_HALF_TAPS = 256
"""Reach of the filter in frames of the stream's own rate."""

MARGIN_FRAMES = 2 * _HALF_TAPS
HOP_FRAMES = WINDOW_FRAMES - 2 * MARGIN_FRAMES
_CORNER = 0.491
_KAISER_BETA = 14.5

Curve = Callable[[Array], Array]


class Oversampler:
    """Applies `curve` to windows of samples at `factor` times their rate."""

    def __init__(self, factor: int, curve: Curve) -> None:
        self._factor = factor
        self._curve = curve
        self._response = _low_pass(factor)

    def centre(self, window: Array) -> Array:
        """Return the HOP_FRAMES inside the margins of (WINDOW_FRAMES,) samples, processed."""
        fine = WINDOW_FRAMES * self._factor
        spectrum = np.zeros(fine // 2 + 1, np.complex128)
        bins = len(self._response)
        spectrum[:bins] = self._filtered(np.fft.rfft(window), float(self._factor))
        curved = self._curve(np.fft.irfft(spectrum, fine))
        spectrum = self._filtered(np.fft.rfft(curved)[:bins], 1.0 / self._factor)
        return np.fft.irfft(spectrum, WINDOW_FRAMES)[MARGIN_FRAMES:-MARGIN_FRAMES]

    def _filtered(
        self, spectrum: npt.NDArray[np.complex128], gain: float
    ) -> npt.NDArray[np.complex128]:
        # Parts apart: a complex product may be fused on some processors, which changes bits.
        response = self._response * gain
        out = np.empty_like(spectrum)
        np.multiply(spectrum.real, response, out=out.real)
        np.multiply(spectrum.imag, response, out=out.imag)
        return out


def _low_pass(factor: int) -> Array:
    """Return the filter's real response at the WINDOW_FRAMES // 2 + 1 bins of the lower rate."""
    reach = _HALF_TAPS * factor
    distance = np.arange(-reach, reach + 1)
    inside = np.clip(1.0 - (distance / reach) ** 2, 0.0, None)
    taps = np.sinc(2 * _CORNER / factor * distance) * np.i0(_KAISER_BETA * np.sqrt(inside))
    # Rounded, since the last bits of i0 differ between processors.
    taps = np.rint(taps / taps.sum() * 2.0**40) / 2.0**40
    around = np.zeros(WINDOW_FRAMES * factor)
    around[: reach + 1] = taps[reach:]
    around[-reach:] = taps[:reach]
    return np.fft.rfft(around).real[: WINDOW_FRAMES // 2 + 1].copy()
