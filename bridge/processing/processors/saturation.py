"""A soft clip, x / sqrt(1 + x^2): in +, *, / and sqrt alone, which every CPU rounds alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.processing.gain_series import Array, gain_of
from chains import Saturation

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


class SaturationProcessor:
    """Drives both channels into the curve and scales what comes out; odd harmonics only.

    Only what the curve takes away is oversampled; the signal itself goes by at its own rate, so
    quiet sounds leave with drive plus output gain, flat to the Nyquist frequency. Frame n out is
    frame n in; up to WINDOW_FRAMES are held inside.

    The curve's harmonics fall by a constant ratio, so what folds back depends on the drive. The
    loudest alias of a sine of 0 dBFS, in dB of its fundamental, measured at 48 kHz:

    ============  ===========  ============  ===========  ============
    oversampling  5 kHz +6 dB  9.7 kHz +6    5 kHz +12    9.7 kHz +12
    2             -74          -46           -47          -31
    4             -162         -92           -94          -57
    8             -225         -179          -180         -103
    16            -229         -225          -218         -189
    ============  ===========  ============  ===========  ============
    """

    def __init__(self, settings: Saturation, sample_rate_hz: int) -> None:  # noqa: ARG002 - as all are made
        self._drive = gain_of(settings.drive_db)
        self._output = gain_of(settings.output_db)
        self._oversampler = Oversampler(settings.oversampling, _taken_away)
        self._waiting: Block = np.zeros((2, MARGIN_FRAMES))

    def process(self, block: Block) -> Block:
        """Take a (2, frames) float64 block; return the (2, frames) that are ready."""
        waiting = np.concatenate([self._waiting, block * self._drive], axis=1)
        hops = max(0, (waiting.shape[1] - 2 * MARGIN_FRAMES) // HOP_FRAMES)
        out = np.empty((2, hops * HOP_FRAMES))
        for start in range(0, out.shape[1], HOP_FRAMES):
            window = waiting[:, start : start + WINDOW_FRAMES]
            out[:, start : start + HOP_FRAMES] = self._saturated(window)
        self._waiting = waiting[:, out.shape[1] :].copy()
        return out

    def finish(self) -> Block:
        """Return what is still held, silence being assumed after the end."""
        held = self._waiting.shape[1] - MARGIN_FRAMES
        self._waiting, rest = np.zeros((2, MARGIN_FRAMES)), self._waiting
        out = np.empty((2, held))
        for start in range(0, held, HOP_FRAMES):
            window = rest[:, start : start + WINDOW_FRAMES]
            padded = np.pad(window, ((0, 0), (0, WINDOW_FRAMES - window.shape[1])))
            out[:, start : start + HOP_FRAMES] = self._saturated(padded)[:, : held - start]
        return out

    def _saturated(self, window: Block) -> Block:
        out = window[:, MARGIN_FRAMES:-MARGIN_FRAMES].copy()
        for channel, samples in zip(out, window, strict=True):
            if samples.any():
                channel -= self._oversampler.centre(samples)
        out *= self._output
        return out


def _taken_away(samples: Array) -> Array:
    """Return x - x / sqrt(1 + x^2) as x^3 / (s * (1 + s)), s the root: exact for quiet samples."""
    square = samples * samples
    root = np.sqrt(square + 1.0)
    square *= samples
    square /= root
    root += 1.0
    square /= root
    return square
