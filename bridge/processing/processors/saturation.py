"""A soft clip, x / sqrt(1 + x^2): in +, *, / and sqrt alone, which every CPU rounds alike."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from bridge.audio import Block, as_taps, kaiser
from bridge.native import library
from bridge.processing.gain_series import Array, gain_of
from bridge.processing.sines import sines
from bridge.processing.transform import Parts, RealTransform, add_products, product, roots
from chains import Saturation

WINDOW_FRAMES = 8192
_HALF_TAPS = 256
"""Reach of the filter in frames of the stream's own rate."""

MARGIN_FRAMES = 2 * _HALF_TAPS
HOP_FRAMES = WINDOW_FRAMES - 2 * MARGIN_FRAMES
_CORNER = 0.491
_KAISER_BETA = 14.5

_BINS = WINDOW_FRAMES // 2 + 1

Curve = Callable[[Array, Array], Array]
"""Of samples, and of those that lead them."""


class Oversampler:
    """Applies `curve` to windows of samples at `factor` times their rate.

    The finer samples are worked a phase at a time: those `phase / factor` frames after the samples
    given, which the spectrum, turned by that delay, gives in a transform of the same size. The
    phases' spectra, turned back, add up to the bins of the finer one that the lower rate holds.
    """

    def __init__(self, factor: int, curve: Curve) -> None:
        self._curve = curve
        self._transform, self._response, self._turns = _filter(factor)

    def centre(self, windows: Block, leads: Block | None = None) -> Block:
        """Return the HOP_FRAMES inside the margins of (count, WINDOW_FRAMES) samples, processed.

        The curve is led by the samples themselves, or by as many windows of others.
        """
        count, rows = len(windows), windows if leads is None else np.concatenate([windows, leads])
        samples = Parts(rows[:, ::2].copy(), rows[:, 1::2].copy())
        spectra = self._filtered(self._transform.forward(samples))
        found = Parts(np.zeros((count, _BINS)), np.zeros((count, _BINS)))
        for turn in self._turns:
            fine = self._transform.backward(product(spectra, turn))
            parts = (self._curve(part[:count], part[-count:]) for part in fine)
            curved = self._transform.forward(Parts(*parts))
            add_products(found, curved, Parts(turn.real, -turn.imaginary))
        samples = self._transform.backward(self._filtered(found, 1.0 / len(self._turns)))
        out = np.empty(windows.shape)
        out[:, ::2], out[:, 1::2] = samples
        return out[:, MARGIN_FRAMES:-MARGIN_FRAMES]

    def _filtered(self, spectra: Parts, gain: float = 1.0) -> Parts:
        response = self._response * gain
        return Parts(spectra.real * response, spectra.imaginary * response)


@lru_cache(maxsize=8)
def _filter(factor: int) -> tuple[RealTransform, Array, tuple[Parts, ...]]:
    """Return the transform of a window, the filter's real response and each phase's turn by bin.

    The response makes up for the factor 2 * WINDOW_FRAMES of a transform there and back.
    """
    transform = RealTransform(WINDOW_FRAMES)
    bins = np.arange(_BINS)
    turns = tuple(roots(-phase * bins, WINDOW_FRAMES * factor) for phase in range(factor))
    taps = _around(factor).reshape(-1, factor)
    response = np.zeros(_BINS)
    for turn, phase in zip(turns, taps.T, strict=True):
        spectrum = transform.forward(Parts(phase[None, ::2].copy(), phase[None, 1::2].copy()))
        response += product(spectrum, Parts(turn.real, -turn.imaginary)).real[0]
    response *= 0.5 / (2.0 * WINDOW_FRAMES)
    response[-1] = 0.0  # where a turned spectrum would not be that of real samples; -137 dB
    return transform, response, turns


def _around(factor: int) -> Array:
    """Return the low-pass's taps, at `factor` times the rate, around frame 0 of a window."""
    reach = _HALF_TAPS * factor
    distance = np.arange(reach + 1).astype(np.float64)
    side = np.ones(reach + 1)
    side[1:] = sines(_CORNER / factor * distance[1:])
    side[1:] /= 2.0 * math.pi * _CORNER / factor * distance[1:]
    side *= kaiser(distance / reach, _KAISER_BETA)
    taps = as_taps(np.concatenate([side[:0:-1], side]))
    around = np.zeros(WINDOW_FRAMES * factor)
    around[: reach + 1] = taps[reach:]
    around[-reach:] = taps[:reach]
    return around


class SaturationProcessor:
    """Drives both channels into the curve and scales what comes out; odd harmonics only.

    Only what the curve takes away is oversampled; the signal itself goes by at its own rate, so
    quiet sounds leave with drive plus output gain, flat to the Nyquist frequency. Frame n out is
    frame n in; up to WINDOW_FRAMES are held inside. The curve is a gain, 1 / sqrt(1 + x^2) of every
    fine sample: a key's own samples can decide it.

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
        """The samples, and under a key as many rows of its own."""

    def process(self, block: Block, key: Block | None = None) -> Block:
        """Take a (2, frames) float64 block; return the (2, frames) ready, with the key's gains."""
        if key is not None:
            block = np.concatenate([block, key])
            if len(self._waiting) < len(block):
                self._waiting = np.concatenate([self._waiting, self._waiting])
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
        samples, leads = window[:2], window[2:]
        out = samples[:, MARGIN_FRAMES:-MARGIN_FRAMES].copy()
        heard = samples.any(axis=1)
        if heard.any():
            led_by = leads[heard] if len(leads) else None
            out[heard] -= self._oversampler.centre(samples[heard], led_by)
        out *= self._output
        return out


def _taken_away(samples: Array, leads: Array) -> Array:
    """Return x - x / sqrt(1 + l^2) as x * l^2 / (s * (1 + s)), s the root: exact for quiet samples.

    The samples l that lead are x themselves, or a key's.
    """
    if (compiled := library()) is not None:
        taken = np.empty_like(samples)
        compiled.taken_away(samples, leads, taken, samples.size)
        return taken
    square = leads * leads
    root = np.sqrt(square + 1.0)
    square *= samples
    square /= root
    root += 1.0
    square /= root
    return square
