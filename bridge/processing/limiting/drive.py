"""How much static gain before the limiter brings a signal to a loudness, without limiting it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy.optimize import brentq

from bridge.audio.loudness import gated_lufs
from bridge.processing.limiting.analysis import Analysis
from bridge.processing.limiting.curve import GainCurve, Shape, linear
from bridge.processing.limiting.engine import MARGIN_DB
from chains.inserts.settings import Limiter

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
        brentq(miss, low, high, xtol=_RESOLUTION_DB / 2.0)
    return tried


class _Prediction:
    """Loudness at a drive, from the pooled envelope and energies."""

    def __init__(
        self, analysis: Analysis, ceiling_dbtp: float, settings: Limiter, bias_lu: float
    ) -> None:
        pooled, rate = analysis.pooled, analysis.sample_rate_hz
        rows = np.pad(analysis.envelope, (0, -analysis.frames % pooled)).reshape(-1, pooled)
        self._peaks = rows.max(axis=1).astype(np.float64)
        self._energies = analysis.energies.astype(np.float64)
        self._shape = Shape.of(settings.lookahead_ms, settings.release_ms, rate, pooled)
        self._ceiling = linear(ceiling_dbtp - MARGIN_DB)
        self._bias_lu = bias_lu
        self._tenth_frames = rate / 10
        tenths = int(analysis.frames / self._tenth_frames)
        self._edges = np.rint(np.arange(tenths + 1) * (self._tenth_frames / pooled)).astype(int)

    def untouched(self) -> float:
        """Return the loudness of the signal as it came, -inf when no drive makes it audible."""
        loudness_lufs = self._gated(self._energies)
        if loudness_lufs > -math.inf:
            return loudness_lufs
        highest_db = DRIVE_RANGE_DB[1]
        return self._gated(self._energies * linear(2.0 * highest_db)) - highest_db

    def at(self, drive_db: float) -> float:
        """Return the loudness with `drive_db` before the limiter."""
        drive = linear(drive_db)
        curve = GainCurve(self._shape, self._ceiling)
        gain = curve.add(self._peaks * drive)
        gain = np.concatenate([gain, curve.rest(len(self._peaks) - len(gain))]) * drive
        return self._gated(self._energies * np.square(gain)) + self._bias_lu

    def _gated(self, energies: npt.NDArray[np.float64]) -> float:
        total = np.concatenate([np.zeros(1), np.cumsum(energies)])
        tenths = np.diff(total[self._edges])
        if len(tenths) < _TENTHS_A_BLOCK:
            return -math.inf
        blocks = sliding_window_view(tenths, _TENTHS_A_BLOCK).sum(axis=1)
        return gated_lufs(blocks / (_TENTHS_A_BLOCK * self._tenth_frames))
