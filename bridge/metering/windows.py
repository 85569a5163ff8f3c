"""The loudest moments: sliding windows over energies of 10 ms, in memory that never grows."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from bridge.audio.loudness import ABSOLUTE_GATE_LUFS, lufs
from stemwright.decibels import amplitude_db, power_db

STEPS_PER_S = 100
MOMENTARY_STEPS = 40
SHORT_TERM_STEPS = 300
PSR_RANGE_LU = 20.0

_MOST_K_GAIN_DB = 4.0
_BINS_PER_LU = 10
_PSR_EVERY_STEPS = 10

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
        windows: Steps = sliding_window_view(held, self._steps).mean(axis=1)
        self._largest = max(self._largest, float(windows.max()))
        self.complete = True
        return windows

    @property
    def loudest_lufs(self) -> float:
        """Loudness of the loudest window, -inf for silence or when none was complete."""
        return lufs(self._largest)


class PeakToShortTerm:
    """Smallest peak-to-short-term-loudness ratio, with the quiet windows left out at the end.

    The smallest ratio is kept for every 0.1 LU of loudness, since how quiet is too quiet is known
    only when the loudest window is. Windows with less peak than any sound of their loudness has
    hold only what the weighting rings on with after a loud low end, and are left out.
    """

    def __init__(self, weights: float) -> None:
        """`weights` is the sum of the channels' weights."""
        self._lowest_db = -_MOST_K_GAIN_DB - power_db(max(weights, 1.0))
        self._held: Steps = np.empty(0)
        self._peaks: Steps = np.empty(0)
        self._windows: Steps = np.empty(0)
        self._skip = 0
        self._smallest_db: dict[int, float] = {}

    def add_windows(self, energies: Steps) -> None:
        """Take the mean squares of the next 3 s windows, one a step."""
        self._windows = np.concatenate([self._windows, energies])
        self._pair()

    def add_peaks(self, peaks: Steps) -> None:
        """Take the linear peaks of the next steps."""
        held = np.concatenate([self._held, peaks])
        self._held = held[max(0, len(held) - SHORT_TERM_STEPS + 1) :]
        if len(held) >= SHORT_TERM_STEPS:
            largest = sliding_window_view(held, SHORT_TERM_STEPS).max(axis=1)
            self._peaks = np.concatenate([self._peaks, largest])
            self._pair()

    def smallest_db(self, loudest_lufs: float) -> float:
        """Return the smallest ratio within 20 LU of the loudest window; NaN when there is none."""
        if math.isnan(loudest_lufs) or loudest_lufs <= ABSOLUTE_GATE_LUFS:
            return math.nan
        least = _bin(loudest_lufs - PSR_RANGE_LU)
        kept = (ratio for place, ratio in self._smallest_db.items() if place >= least)
        return min(kept, default=math.nan)

    def _pair(self) -> None:
        known = min(len(self._peaks), len(self._windows))
        for index in range(self._skip, known, _PSR_EVERY_STEPS):
            self._note(float(self._peaks[index]), lufs(float(self._windows[index])))
        self._skip = (self._skip - known) % _PSR_EVERY_STEPS
        self._peaks, self._windows = self._peaks[known:], self._windows[known:]

    def _note(self, peak: float, loudness_lufs: float) -> None:
        if loudness_lufs <= ABSOLUTE_GATE_LUFS or peak <= 0.0:
            return
        where = _bin(loudness_lufs)
        ratio_db = amplitude_db(peak) - loudness_lufs
        if ratio_db >= self._lowest_db:
            self._smallest_db[where] = min(self._smallest_db.get(where, math.inf), ratio_db)


def _bin(loudness_lufs: float) -> int:
    return math.floor((loudness_lufs - ABSOLUTE_GATE_LUFS) * _BINS_PER_LU)
