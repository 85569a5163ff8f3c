"""Envelopes over a stream without a loop a sample: peaks held, released, smoothed, kept open.

Running maxima and one-poles only, on absolute grids, so the cut of the stream changes no bit.
"""

from __future__ import annotations

import math

import numpy as np

from bridge.audio import Block
from bridge.processing.decibels import Array
from bridge.processing.filtering import GRID_FRAMES, SosFilter, pieces

LOWEST = 1e-15
"""-300 dBFS stands for silence, which has no level in dB."""

_LARGEST_EXPONENT = 600.0
"""Natural exponent up to which the release's weights stay far from overflowing."""


def linked_peaks(block: Block) -> Array:
    """Return (frames,) max(|L|, |R|) of a (2, frames) block: one reading for both channels."""
    heard = np.abs(block)
    peaks: Array = np.maximum(heard[0], heard[1])
    return peaks


class Ballistics:
    """At once up and exponentially down by `release_ms`, then smoothed by `attack_ms`.

    Giannoulis, Massberg, Reiss 2012 (see gain_computer), equation 16: the decoupled peak detector.
    """

    def __init__(self, attack_ms: float, release_ms: float, sample_rate_hz: int) -> None:
        self._release = PeakHold(release_ms * sample_rate_hz / 1000)
        self._attack = SosFilter(_one_pole(attack_ms * sample_rate_hz / 1000), 1)

    def process(self, wanted: Array) -> Array:
        """Return the smoothed course of (frames,) non-negative numbers."""
        smoothed: Array = self._attack.process(self._release.process(wanted)[np.newaxis])[0]
        return smoothed


class PeakHold:
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
            self._held = self._held if self._held > LOWEST else 0.0
        held /= weights
        return held


class TrailingPeak:
    """y[n] = max(x[n-window+1..n]) of non-negative numbers, exactly, at a cost free of the window.

    M. van Herk, "A fast algorithm for local minimum and maximum filters", Pattern Recognition
    Letters 13, 1992: the larger of a running maximum within this window-long segment and one, run
    backwards, over what is still in reach of the segment before.
    """

    def __init__(self, window_frames: int) -> None:
        self._window = window_frames
        self._segment = np.zeros(window_frames)
        self._before = np.zeros(window_frames)
        self._running = 0.0
        self._frames = 0

    def process(self, values: Array) -> Array:
        """Return the trailing maxima of (frames,) non-negative numbers."""
        out = np.empty_like(values)
        for piece in pieces(self._frames, len(values), self._window):
            out[piece] = self._piece(values[piece], (self._frames + piece.start) % self._window)
        self._frames += len(values)
        return out

    def _piece(self, values: Array, start: int) -> Array:
        end = start + len(values)
        self._segment[start:end] = values
        running = np.maximum.accumulate(values)
        np.maximum(running, self._running, out=running)
        self._running = float(running[-1])
        reach = self._before[start + 1 : end + 1]
        np.maximum(running[: len(reach)], reach, out=running[: len(reach)])
        if end == self._window:
            self._before = np.maximum.accumulate(self._segment[::-1])[::-1]
            self._segment = np.empty(self._window)
            self._running = 0.0
        return running


def _one_pole(time_frames: float) -> Array:
    keep = math.exp(-1 / time_frames)
    return np.array([[1 - keep, 0.0, 0.0, 1.0, -keep, 0.0]])
