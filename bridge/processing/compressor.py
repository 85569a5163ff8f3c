"""The stereo-linked compressor.

Feed-forward, gain computed in dB and then smoothed by a decoupled peak detector, after
Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60 (6), 2012:
static curve (4), decoupled detector (16), placed after the gain computer (figure 7c).
The detector reads peaks, so a sine is compressed by what its peak level asks for. A library's
envelope does not: pedalboard's (JUCE ballistics, float32) reads a 1 kHz sine 0.4 to 1.7 dB under
its peak, by how attack and release are set.
"""

from __future__ import annotations

import math

import numpy as np

from bridge.audio import Block
from bridge.processing.biquads import passing
from bridge.processing.decibels import Array, gain_of, gains_of, levels_db
from bridge.processing.filtering import GRID_FRAMES, SosFilter, pieces
from chains.inserts import Compressor

_LOWEST = 1e-15
"""-300 dBFS stands for silence, which has no level in dB."""

_LARGEST_EXPONENT = 600.0
"""Natural exponent up to which the release's weights stay far from overflowing."""


class CompressorProcessor:
    """Compresses left and right by one gain: detector max(|L|, |R|) behind a high-pass.

    Times are time constants. After a step up, the reduction in dB reaches 1 - 1/e of its value
    within `attack_ms`; after a step down it falls by 1/e in every `release_ms`, once the attack's
    own smoothing is past. Below the knee, and with ratio 1, samples pass bit for bit.
    """

    def __init__(self, settings: Compressor, sample_rate_hz: int) -> None:
        self._curve = _Curve(settings)
        self._makeup = gain_of(settings.makeup_db)
        sections = np.zeros((0, 6))
        if settings.sidechain_hz:
            sections = passing("high_pass", settings.sidechain_hz, 2, sample_rate_hz)
        self._sidechain = SosFilter(sections, channels=2)
        self._release = _PeakHold(settings.release_ms * sample_rate_hz / 1000)
        self._attack = SosFilter(_one_pole(settings.attack_ms * sample_rate_hz / 1000), 1)

    def process(self, block: Block) -> Block:
        """Return the compressed block."""
        if self._curve.is_flat:
            return block if self._makeup == 1.0 else block * self._makeup
        heard = np.abs(self._sidechain.process(block))
        wanted_db = self._curve.reduction_db(np.maximum(heard[0], heard[1]))
        reduction_db = self._attack.process(self._release.process(wanted_db)[np.newaxis])[0]
        return block * _gains(reduction_db, self._makeup)

    def finish(self) -> Block:
        """Nothing is ever held."""
        return np.zeros((2, 0))


class _Curve:
    """The static curve: reduction in dB over the detector's level, quadratic in the knee."""

    def __init__(self, settings: Compressor) -> None:
        self._threshold_db = settings.threshold_db
        self._slope = 1.0 - 1.0 / settings.ratio
        self._half_knee_db = settings.knee_db / 2
        start = gain_of(self._threshold_db - self._half_knee_db)
        self._surely_below = start * (1 - 1e-9)

    @property
    def is_flat(self) -> bool:
        return self._slope == 0.0

    def reduction_db(self, detector: Array) -> Array:
        """Return by how many dB each sample asks to be turned down, 0 or more."""
        if not detector.size or detector.max() < self._surely_below:
            return np.zeros_like(detector)
        over = levels_db(np.maximum(detector, _LOWEST))
        over -= self._threshold_db
        above = np.maximum(over - self._half_knee_db, 0.0)
        if self._half_knee_db:
            into_knee = np.clip(over + self._half_knee_db, 0.0, 2 * self._half_knee_db)
            into_knee *= into_knee
            into_knee *= 1 / (4 * self._half_knee_db)
            above += into_knee
        above *= self._slope
        return above


class _PeakHold:
    """y[n] = max(x[n], a*y[n-1]): at once up, exponentially down.

    Divided by a**n this is a running maximum, which numpy has; the weights restart at absolute
    multiples of a grid, before they overflow, so that blocks do not matter.
    """

    def __init__(self, time_frames: float) -> None:
        self._grid = min(GRID_FRAMES, int(_LARGEST_EXPONENT * time_frames))
        self._keep = math.exp(-1 / time_frames)
        growth = np.full(self._grid, 1 / self._keep)
        growth[0] = 1.0
        self._weights = np.multiply.accumulate(growth)
        self._held = 0.0
        self._frames = 0

    def process(self, wanted: Array) -> Array:
        """Return the held values of (frames,) non-negative numbers."""
        out = np.empty_like(wanted)
        for piece in pieces(self._frames, len(wanted), self._grid):
            start = (self._frames + piece.start) % self._grid
            out[piece] = self._piece(wanted[piece], start)
        self._frames += len(wanted)
        return out

    def _piece(self, wanted: Array, start: int) -> Array:
        weights = self._weights[start : start + len(wanted)]
        held = wanted * weights
        held[0] = max(held[0], self._held)
        np.maximum.accumulate(held, out=held)
        self._held = float(held[-1])
        if start + len(wanted) == self._grid:
            self._held *= self._keep / float(self._weights[-1])
            self._held = self._held if self._held > _LOWEST else 0.0
        held /= weights
        return held


def _one_pole(time_frames: float) -> Array:
    keep = math.exp(-1 / time_frames)
    return np.array([[1 - keep, 0.0, 0.0, 1.0, -keep, 0.0]])


def _gains(reduction_db: Array, makeup: float) -> Array:
    if not reduction_db.any():
        return np.full_like(reduction_db, makeup)
    gains = gains_of(-reduction_db)
    if makeup != 1.0:
        gains *= makeup
    return gains
