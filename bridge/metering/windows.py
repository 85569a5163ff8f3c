"""Readings over windows of a stream that comes in steps of 10 ms: loudness, its range, the PSR."""

from __future__ import annotations

import math
from array import array

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from bridge.audio import ABSOLUTE_GATE_LUFS, energy, gated_lufs, loudness_range_lu, lufs
from bridge.native import library
from stemwright.decibels import amplitude_db, power_db

STEPS_PER_S = 100
MOMENTARY_STEPS = 40
SHORT_TERM_STEPS = 300
PSR_RANGE_LU = 20.0

_MOST_K_GAIN_DB = 4.0
_BINS_PER_LU = 10
_TENTH_STEPS = 10
_BLOCK_TENTHS = 4
_RANGE_TENTHS, _RANGE_EVERY_TENTHS = 30, 10

Steps = npt.NDArray[np.float64]
"""(10 ms steps,)"""


class LoudestWindow:
    """The largest energy of any complete window of `steps` steps, tried at every step."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._held: Steps = np.empty(0)
        self._largest = 0.0
        self.complete = False
        """Whether the signal held a whole window."""

    def add(self, energies: Steps) -> Steps:
        """Take the mean squares of the next steps; return those of the windows they complete."""
        held = np.concatenate([self._held, energies])
        self._held = held[max(0, len(held) - self._steps + 1) :]
        if len(held) < self._steps:
            return np.empty(0)
        windows = _window_means(held, self._steps)
        self._largest = max(self._largest, float(windows.max()))
        self.complete = True
        return windows

    @property
    def loudest_lufs(self) -> float:
        """Loudness of the loudest window, -inf for silence or when none was complete."""
        return lufs(self._largest)


class StepPeaks:
    """The largest peak of every 10 ms of a stream of peaks cut anywhere."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._rate_hz = sample_rate_hz
        self._frames = 0
        self._begun = 0.0

    def add(self, peaks: npt.NDArray[np.float64] | npt.NDArray[np.float32]) -> Steps:
        """Take (frames,) non-negative peaks; return those of the steps they complete."""
        start, stop = self._frames, self._frames + len(peaks)
        first, last = self._step_of(start), self._step_of(stop)
        self._frames = stop
        edges = np.arange(first, last + 1) * self._rate_hz // STEPS_PER_S - start
        edges[0] = 0  # the first step may have begun earlier
        largest = self._largest(peaks, edges)
        left = float(peaks[edges[-1] :].max(initial=0.0))
        if not largest.size:
            self._begun = max(self._begun, left)
            return largest
        largest[0] = max(largest[0], self._begun)
        self._begun = left
        return largest

    def _step_of(self, frame: int) -> int:
        return ((frame + 1) * STEPS_PER_S - 1) // self._rate_hz

    def _largest(
        self,
        peaks: npt.NDArray[np.float64] | npt.NDArray[np.float32],
        edges: npt.NDArray[np.int64],
    ) -> Steps:
        largest = np.empty(len(edges) - 1)
        if (compiled := library()) is not None:
            wide = peaks.dtype == np.float64
            run = compiled.step_peaks if wide else compiled.narrow_step_peaks
            run(peaks, edges, largest, len(largest))
        elif len(largest):
            largest[:] = np.maximum.reduceat(peaks[: edges[-1]], edges[:-1])
        return largest


class GatedLoudness:
    """Integrated loudness and loudness range from the energy of every 100 ms, which is kept.

    The steps must arrive in whole tenths of a second, all but the last.
    """

    def __init__(self) -> None:
        self._tenths = array("d")

    def add(self, sums: Steps, frames: npt.NDArray[np.int64]) -> None:
        """Take the summed energies of the next steps and the (steps,) frames that each holds."""
        whole = len(sums) // _TENTH_STEPS * _TENTH_STEPS
        energies = sums[:whole].reshape(-1, _TENTH_STEPS).sum(axis=1)
        self._tenths.frombytes(
            (energies / frames[:whole].reshape(-1, _TENTH_STEPS).sum(axis=1)).tobytes()
        )

    @property
    def integrated_lufs(self) -> float:
        """Over blocks of 400 ms taken every 100 ms; -inf when none passes the absolute gate."""
        return gated_lufs(self._means(_BLOCK_TENTHS))

    @property
    def range_lu(self) -> float:
        """Over windows of 3 s taken every second, as libebur128 takes them."""
        return loudness_range_lu(self._means(_RANGE_TENTHS)[::_RANGE_EVERY_TENTHS])

    def _means(self, tenths: int) -> Steps:
        energies = np.array(self._tenths)
        if len(energies) < tenths:
            return np.empty(0)
        return _window_means(energies, tenths)


class PeakToShortTerm:
    """Smallest peak-to-short-term-loudness ratio, with the quiet windows left out at the end.

    Peak and energy of the windows, one every 100 ms, are kept, since how quiet is too quiet is
    known only when the loudest window is. Windows with less peak than any sound of their loudness
    has hold only what the weighting rings on with after a loud low end, and are left out.
    """

    def __init__(self, weights: float) -> None:
        """`weights` is the sum of the channels' weights."""
        lowest_db = -_MOST_K_GAIN_DB - power_db(max(weights, 1.0))
        self._least_ratio = energy(lowest_db)
        self._held: Steps = np.empty(0)
        self._peaks = _EveryTenth()
        self._windows = _EveryTenth()

    def add_windows(self, energies: Steps) -> None:
        """Take the mean squares of the next 3 s windows, one a step."""
        self._windows.add(energies)

    def add_peaks(self, peaks: Steps) -> None:
        """Take the linear peaks of the next steps."""
        held = np.concatenate([self._held, peaks])
        self._held = held[max(0, len(held) - SHORT_TERM_STEPS + 1) :]
        if len(held) >= SHORT_TERM_STEPS:
            self._peaks.add(_window_peaks(held, SHORT_TERM_STEPS))

    def smallest_db(self, loudest_lufs: float) -> float:
        """Return the smallest ratio within 20 LU of the loudest window; NaN when there is none."""
        if math.isnan(loudest_lufs) or loudest_lufs <= ABSOLUTE_GATE_LUFS:
            return math.nan
        known = min(len(self._peaks.kept), len(self._windows.kept))
        peaks, windows = (np.array(each.kept[:known]) for each in (self._peaks, self._windows))
        heard = np.flatnonzero((windows >= _quietest(loudest_lufs)) & (peaks > 0.0))
        ratios = np.square(peaks[heard]) / windows[heard]
        possible = heard[ratios >= self._least_ratio]
        if not possible.size:
            return math.nan
        at = possible[np.argmin(ratios[ratios >= self._least_ratio])]
        return amplitude_db(float(peaks[at])) - lufs(float(windows[at]))


class _EveryTenth:
    """Every tenth value of a stream, from the first on."""

    def __init__(self) -> None:
        self.kept = array("d")
        self._skip = 0

    def add(self, values: Steps) -> None:
        """Take the next values."""
        self.kept.frombytes(values[self._skip :: _TENTH_STEPS].tobytes())
        self._skip = (self._skip - len(values)) % _TENTH_STEPS


def _quietest(loudest_lufs: float) -> float:
    """The energy of the quietest window that counts: at the next lower 0.1 LU over the gate."""
    over_gate_lu = loudest_lufs - PSR_RANGE_LU - ABSOLUTE_GATE_LUFS
    bins = max(0, math.floor(over_gate_lu * _BINS_PER_LU))
    return energy(ABSOLUTE_GATE_LUFS + bins / _BINS_PER_LU)


def _window_means(values: Steps, window: int) -> Steps:
    """Return the mean of every `window` values in a row, of which there are as many at least."""
    if (compiled := library()) is not None:
        out = np.empty(len(values) - window + 1)
        compiled.window_means(values, out, len(out), window)
        return out
    means: Steps = sliding_window_view(values, window).mean(axis=1)
    return means


def _window_peaks(values: Steps, window: int) -> Steps:
    """Return the largest of every `window` non-negative values, as many at least."""
    if (compiled := library()) is not None:
        out = np.empty(len(values) - window + 1)
        compiled.window_peaks(values, out, len(out), window)
        return out
    peaks: Steps = sliding_window_view(values, window).max(axis=1)
    return peaks
