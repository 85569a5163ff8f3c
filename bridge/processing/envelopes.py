"""Envelopes over a stream without a loop a sample: peaks held, released, smoothed, kept open.

Running maxima and one-poles only, on absolute grids, so the cut of the stream changes no bit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from bridge.audio import Block
from bridge.native import Lasting, Library, library, rows
from bridge.processing.filters import GRID_FRAMES, pieces
from bridge.processing.gain_series import Array
from stemwright.exact import exp

LOWEST = 1e-15
"""-300 dBFS stands for silence, which has no level in dB."""

_LARGEST_EXPONENT = 600.0
"""Natural exponent up to which the release's weights stay far from overflowing."""


def linked_peaks(block: Block) -> Array:
    """Return (frames,) max(|L|, |R|) of a (2, frames) block: one reading for both channels."""
    if (compiled := library()) is not None:
        linked = np.empty(block.shape[1])
        compiled.linked_peaks(*rows(block), linked, len(linked))
        return linked
    heard = np.abs(block)
    peaks: Array = np.maximum(heard[0], heard[1])
    return peaks


class Ballistics:
    """At once up and exponentially down by `release_ms`, then smoothed by `attack_ms`.

    Giannoulis, Massberg, Reiss 2012 (see gain_computer), equation 16: the decoupled peak detector.
    """

    def __init__(self, attack_ms: float, release_ms: float, sample_rate_hz: int) -> None:
        self._release = release = PeakHold(release_ms * sample_rate_hz / 1000)
        self._attack = attack = OnePole(attack_ms * sample_rate_hz / 1000)
        self._keeps = Lasting(np.array([release.keep, attack.keep]))
        self._grids = Lasting(np.array([release.grid, attack.grid], np.int64))

    def process(self, wanted: Array) -> Array:
        """Return the smoothed course of (frames,) non-negative numbers."""
        return self._attack.process(self._release.process(wanted))

    def follow(self, compiled: Library, heard: Block, curve: Lasting) -> Array:
        """Return the course that (2, frames) ask for by a static curve, as the kernel takes it."""
        release, attack, frames = self._release, self._attack, heard.shape[1]
        course, held = np.empty(frames), np.array([release.held, attack.held])
        compiled.reduction_course(
            *rows(heard),
            course,
            frames,
            curve,
            release.lasting_weights,
            attack.lasting_weights,
            attack.lasting_feeds,
            self._keeps,
            self._grids,
            release.frames,
            held,
        )
        release.held, attack.held = held.tolist()
        release.frames += frames
        attack.frames += frames
        return course


class _Weighted(ABC):
    """A recursion over y[n] = a*y[n-1] that becomes a running one when divided by a**n.

    The weights restart at absolute multiples of a grid, before they overflow, so that blocks do not
    matter.
    """

    def __init__(self, time_frames: float) -> None:
        self.grid = min(GRID_FRAMES, int(_LARGEST_EXPONENT * time_frames))
        self.keep = exp(-1.0, time_frames)
        growth = np.full(self.grid, 1 / self.keep)
        growth[0] = 1.0
        self.weights: Array = np.multiply.accumulate(growth)
        self.lasting_weights = Lasting(self.weights)
        self.held = 0.0
        self.frames = 0

    def process(self, wanted: Array) -> Array:
        """Return what becomes of (frames,) non-negative numbers."""
        out = np.empty_like(wanted)
        if (compiled := library()) is not None:
            self.held = self._compiled(compiled, wanted, self.frames % self.grid, out)
            self.frames += len(wanted)
            return out
        for piece in pieces(self.frames, len(wanted), self.grid):
            start = (self.frames + piece.start) % self.grid
            self._run(wanted[piece], start, out[piece])
        self.frames += len(wanted)
        return out

    @abstractmethod
    def _compiled(self, compiled: Library, wanted: Array, start: int, out: Array) -> float:
        """Fill `out` from `wanted`, its first at `start` of the grid; return what is held then."""

    @abstractmethod
    def _run(self, wanted: Array, start: int, out: Array) -> None:
        """Fill `out` from `wanted`, whose first frame is frame `start` of the grid."""

    def _hold(self, last: float, end: int) -> None:
        """Keep the last weighted number, for the next weight at `end`."""
        self.held = last
        if end == self.grid:
            self.held *= self.keep / float(self.weights[-1])
            self.held = self.held if self.held > LOWEST else 0.0


class PeakHold(_Weighted):
    """y[n] = max(x[n], a*y[n-1]): at once up, exponentially down."""

    def _compiled(self, compiled: Library, wanted: Array, start: int, out: Array) -> float:
        held: float = compiled.peak_hold(
            wanted, out, len(out), self.lasting_weights, self.grid, start, self.keep, self.held
        )
        return held

    def _run(self, wanted: Array, start: int, out: Array) -> None:
        weights = self.weights[start : start + len(wanted)]
        np.multiply(wanted, weights, out=out)
        out[0] = max(out[0], self.held)
        np.maximum.accumulate(out, out=out)
        self._hold(float(out[-1]), start + len(wanted))
        out /= weights


class OnePole(_Weighted):
    """y[n] = (1-a)*x[n] + a*y[n-1]: smoothed with time constant `time_frames`."""

    def __init__(self, time_frames: float) -> None:
        super().__init__(time_frames)
        self.feeds = (1.0 - self.keep) * self.weights
        self.lasting_feeds = Lasting(self.feeds)

    def _compiled(self, compiled: Library, wanted: Array, start: int, out: Array) -> float:
        held: float = compiled.one_pole(
            wanted,
            out,
            len(out),
            self.lasting_weights,
            self.lasting_feeds,
            self.grid,
            start,
            self.keep,
            self.held,
        )
        return held

    def _run(self, wanted: Array, start: int, out: Array) -> None:
        end = start + len(wanted)
        np.multiply(wanted, self.feeds[start:end], out=out)
        out[0] += self.held
        np.add.accumulate(out, out=out)
        self._hold(float(out[-1]), end)
        out /= self.weights[start:end]


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
        if (compiled := library()) is not None:
            self._running = compiled.trailing_peak(
                values,
                out,
                len(out),
                self._segment,
                self._before,
                self._window,
                self._frames % self._window,
                self._running,
            )
            self._frames += len(values)
            return out
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
            self._before = np.maximum.accumulate(self._segment[::-1])[::-1].copy()
            self._segment = np.empty(self._window)
            self._running = 0.0
        return running
