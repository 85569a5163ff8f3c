"""Clock drift: a line through offsets that were found along two files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_FEWEST = 3
_LEAST_FRAMES = 0.02
_SIGNIFICANT = 6.0
_OUTLIER = 1.0


@dataclass(frozen=True)
class Drift:
    """B's clock against A's: `ppm` positive when B gets later and later; offsets at the ends."""

    ppm: float
    start_frames: float
    end_frames: float

    @property
    def middle_frames(self) -> float:
        """The offset halfway."""
        return (self.start_frames + self.end_frames) / 2


def drift(at: Sequence[float], offsets: Sequence[float], frames: int, rate_hz: int) -> Drift | None:
    """Fit a line to offsets found at frames `at`; None when they do not grow beyond their scatter.

    Spans that lie more than a frame off a robust line are left out (Theil and Sen: the median of
    all slopes).
    """
    times, values = np.array(at), np.array(offsets)
    if len(times) < _FEWEST:
        return None
    rise, run = values[:, None] - values, times[:, None] - times
    apart = run > rate_hz / 10
    if not apart.any():
        return None
    slope = float(np.median(rise[apart] / run[apart]))
    height = float(np.median(values - slope * times))
    near = np.abs(values - slope * times - height) < _OUTLIER
    if near.sum() < _FEWEST:
        return None
    return _fitted(times[near], values[near], frames)


def _fitted(times: np.ndarray, values: np.ndarray, frames: int) -> Drift | None:
    slope, height = np.polyfit(times, values, 1)
    scatter = float(np.std(values - slope * times - height)) * np.sqrt(
        len(times) / (len(times) - 2)
    )
    spread = float(np.sqrt(np.square(times - times.mean()).sum()))
    growth = abs(slope) * (times.max() - times.min())
    if growth < _LEAST_FRAMES or abs(slope) * spread < _SIGNIFICANT * scatter:
        return None
    return Drift(float(slope * 1e6), float(height), float(height + slope * frames))
