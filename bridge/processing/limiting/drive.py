"""The drive that brings a limited signal to a loudness, from what is known of the signal."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bridge.processing.limiting.brent import find_root
from bridge.processing.limiting.prediction import DRIVE_RANGE_DB, Prediction

REACHED_LU = 0.05

_RESOLUTION_DB = 1e-3
_FIRST_STEP_DB = 0.25
_FLOOR_LUFS = -100.0  # stands for a gated-out prediction while searching
_AS_GOOD_LU = 0.1


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
    prediction: Prediction,
    integrated_lufs: float,
    bias_lu: float = 0.0,
    found_at_db: float | None = None,
) -> Solution:
    """Return the drive within +-40 dB, to 0.001 dB, whose predicted loudness is the one wanted.

    `bias_lu`, a loudness measured minus the one predicted, corrects it: solve again with it and the
    remaining error is of second order. With the drive it was `found_at_db` it is taken to grow with
    what the limiter takes away, and the search begins there.
    """
    untouched_lufs = prediction.untouched_lufs()
    if untouched_lufs == -math.inf:
        return Solution(0.0, -math.inf, reached=False)
    first_db, bias_of_lost = integrated_lufs - untouched_lufs, 0.0
    if found_at_db is not None:
        first_db, bias_of_lost = found_at_db, bias_lu / prediction.lost_lu(found_at_db)
        bias_lu = 0.0

    def loudness_lufs(drive_db: float) -> float:
        own = bias_of_lost * prediction.lost_lu(drive_db) if bias_of_lost else bias_lu
        return prediction.at(drive_db) + own

    tried = _search(loudness_lufs, integrated_lufs, first_db)
    drive_db, predicted = min(tried.items(), key=lambda pair: abs(pair[1] - integrated_lufs))
    if abs(predicted - integrated_lufs) <= REACHED_LU:
        return Solution(drive_db, predicted, reached=True)
    gentlest = min(drive for drive, found in tried.items() if abs(found - predicted) <= _AS_GOOD_LU)
    return Solution(gentlest, tried[gentlest], reached=False)


def _search(
    loudness_lufs: Callable[[float], float], wanted_lufs: float, first_db: float
) -> dict[float, float]:
    """Return the drives tried and their loudness: a bracket grown from the first, then Brent's."""
    tried: dict[float, float] = {}
    lowest, highest = DRIVE_RANGE_DB

    def miss(drive_db: float) -> float:
        drive_db = round(drive_db, 3)
        if drive_db not in tried:
            tried[drive_db] = loudness_lufs(drive_db)
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
