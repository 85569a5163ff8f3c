"""The drive that brings a limited signal to a loudness, from what is known of the signal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bridge.audio import gated_lufs
from bridge.processing.limiting.analysis import Analysis
from bridge.processing.limiting.brent import find_root
from bridge.processing.limiting.engine import MARGIN_DB, Curve, GainCurve, Shape
from bridge.processing.limiting.series import Series
from chains import Limiter
from stemwright.decibels import linear

_PART = 1 << 17  # as much of a series is in memory at once

DRIVE_RANGE_DB = (-40.0, 40.0)
REACHED_LU = 0.05

_RESOLUTION_DB = 1e-3
_FIRST_STEP_DB = 0.25
_FLOOR_LUFS = -100.0  # stands for a gated-out prediction while searching
_AS_GOOD_LU = 0.1
_TENTHS_A_BLOCK = 4  # a gating block is 400 ms, taken every 100 ms


@dataclass(frozen=True)
class Solution:
    """The drive that reaches a loudness, or the loudest one there is (`reached` False).

    `predicted_lufs` is -inf when the signal is shorter than 0.4 s or stays under the absolute gate
    at any drive; the drive is 0 then.
    """

    drive_db: float
    predicted_lufs: float
    reached: bool


def solve_drive(
    analysis: Analysis,
    integrated_lufs: float,
    ceiling_dbtp: float,
    settings: Limiter,
    bias_lu: float = 0.0,
) -> Solution:
    """Return the drive within +-40 dB, to 0.001 dB, whose predicted loudness is the one wanted.

    The prediction runs the gain curve over the pooled envelope and gates the energies it leaves
    (BS.1770). `bias_lu`, a loudness measured afterwards minus the one predicted, corrects it: solve
    again with it and the remaining error is of second order.
    """
    prediction = _Prediction(analysis, ceiling_dbtp, settings, bias_lu)
    untouched = prediction.untouched()
    if untouched == -math.inf:
        return Solution(0.0, -math.inf, reached=False)
    tried = _search(prediction, integrated_lufs, integrated_lufs - untouched)
    drive_db, predicted = min(tried.items(), key=lambda pair: abs(pair[1] - integrated_lufs))
    if abs(predicted - integrated_lufs) <= REACHED_LU:
        return Solution(drive_db, predicted, reached=True)
    gentlest = min(drive for drive, found in tried.items() if abs(found - predicted) <= _AS_GOOD_LU)
    return Solution(gentlest, tried[gentlest], reached=False)


def _search(prediction: _Prediction, wanted_lufs: float, first_db: float) -> dict[float, float]:
    """Return the drives tried and their loudness: a bracket grown from the first, then Brent's."""
    tried: dict[float, float] = {}
    lowest, highest = DRIVE_RANGE_DB

    def miss(drive_db: float) -> float:
        drive_db = round(drive_db, 3)
        if drive_db not in tried:
            tried[drive_db] = prediction.at(drive_db)
        return max(tried[drive_db], _FLOOR_LUFS) - wanted_lufs

    low = high = min(max(first_db, lowest), highest)
    if abs(miss(low)) <= _RESOLUTION_DB:
        return tried
    step = max(_FIRST_STEP_DB, 2.0 * abs(miss(low)))
    while miss(high) < 0.0 and high < highest:
        low, high, step = high, min(high + step, highest), 2.0 * step
    while miss(low) > 0.0 and low > lowest:
        low, high, step = max(low - step, lowest), low, 2.0 * step
    if miss(low) < 0.0 < miss(high):
        find_root(miss, low, high, _RESOLUTION_DB / 2.0)
    return tried


class _Prediction:
    """Loudness at a drive, from the pooled envelope and energies."""

    def __init__(
        self, analysis: Analysis, ceiling_dbtp: float, settings: Limiter, bias_lu: float
    ) -> None:
        pooled, rate = analysis.pooled, analysis.sample_rate_hz
        self._peaks = _pooled_peaks(analysis)
        self._energies = analysis.energies
        self._shape = Shape.of(settings.lookahead_ms, settings.release_ms, rate, pooled)
        self._ceiling = linear(ceiling_dbtp - MARGIN_DB)
        self._bias_lu = bias_lu
        self._tenth_frames = rate / 10
        tenths = int(analysis.frames / self._tenth_frames)
        self._edges = np.rint(np.arange(tenths + 1) * (self._tenth_frames / pooled)).astype(int)

    def untouched(self) -> float:
        """Return the loudness of the signal as it came, -inf when no drive makes it audible."""
        loudness_lufs = self._gated(_wide(self._energies))
        if loudness_lufs > -math.inf:
            return loudness_lufs
        highest_db = DRIVE_RANGE_DB[1]
        factor = linear(2.0 * highest_db)
        return self._gated(part * factor for part in _wide(self._energies)) - highest_db

    def at(self, drive_db: float) -> float:
        """Return the loudness with `drive_db` before the limiter."""
        return self._gated(self._limited(linear(drive_db))) + self._bias_lu

    def _limited(self, drive: float) -> Iterator[Curve]:
        """The energies that the limiter leaves."""
        position = 0
        for gain in self._gains(drive):
            energies = self._energies.read(position, position + len(gain)).astype(np.float64)
            yield energies * np.square(gain * drive)
            position += len(gain)

    def _gains(self, drive: float) -> Iterator[Curve]:
        curve, known = GainCurve(self._shape, self._ceiling), 0
        for peaks in _wide(self._peaks):
            gain = curve.add(peaks * drive)
            known += len(gain)
            yield gain
        yield curve.rest(len(self._peaks) - known)

    def _gated(self, energies: Iterable[Curve]) -> float:
        """The gated loudness of a stream of energies; its one running sum is read at the edges."""
        totals = np.zeros(len(self._edges))
        total, start = 0.0, 0
        for part in energies:
            run = np.add.accumulate(np.concatenate([[total], part]))
            first, last = np.searchsorted(self._edges, (start, start + len(run)))
            totals[first:last] = run[self._edges[first:last] - start]
            total, start = float(run[-1]), start + len(part)
        tenths = np.diff(totals)
        if len(tenths) < _TENTHS_A_BLOCK:
            return -math.inf
        blocks = sliding_window_view(tenths, _TENTHS_A_BLOCK).sum(axis=1)
        return gated_lufs(blocks / (_TENTHS_A_BLOCK * self._tenth_frames))


def _pooled_peaks(analysis: Analysis) -> Series:
    """The highest peak of every `pooled` frames."""
    found, pooled = Series(analysis.envelope.folder), analysis.pooled
    for part in analysis.envelope.parts(_PART * pooled):
        found.append(np.pad(part, (0, -len(part) % pooled)).reshape(-1, pooled).max(axis=1))
    return found


def _wide(series: Series) -> Iterator[Curve]:
    return (part.astype(np.float64) for part in series.parts(_PART))
