"""From a detector to gains: the static curve and its times, shared by all that compresses.

Feed-forward, gain computed in dB and then smoothed by a decoupled peak detector, after
Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60 (6), 2012:
static curve (4), decoupled detector (16), placed after the gain computer (figure 7c).
"""

from __future__ import annotations

import numpy as np

from bridge.native import library
from bridge.processing.envelopes import LOWEST, Ballistics
from bridge.processing.gain_series import Array, gain_of, gains_of, levels_db
from bridge.processing.reduction import Reductions
from chains import CompressedBand, Compressor

_CORNER_DB = 1e-6
"""A knee this narrow is a corner."""


class StaticCurve:
    """Reduction in dB over the detector's level: `slope` of the overshoot, quadratic in the knee.

    `slope` is 1 - 1/ratio.
    """

    def __init__(self, threshold_db: float, slope: float, knee_db: float) -> None:
        self._threshold_db = threshold_db
        self._slope = slope
        self._half_knee_db = knee_db / 2 if knee_db > _CORNER_DB else 0.0
        start = gain_of(self._threshold_db - self._half_knee_db)
        self._surely_below = start * (1 - 1e-9)

    @property
    def is_flat(self) -> bool:
        """Whether no level is ever reduced."""
        return self._slope == 0.0

    def reduction_db(self, detector: Array) -> Array:
        """Return by how many dB each linear level asks to be turned down, 0 or more."""
        if (compiled := library()) is not None:
            reductions = np.empty_like(detector)
            compiled.reductions_db(
                detector,
                reductions,
                len(detector),
                self._threshold_db - self._half_knee_db,
                self._half_knee_db,
                self._slope,
            )
            return reductions
        if not detector.size or detector.max() < self._surely_below:
            return np.zeros_like(detector)
        above = levels_db(np.maximum(detector, LOWEST))
        above -= self._threshold_db - self._half_knee_db
        np.maximum(above, 0.0, out=above)
        if self._half_knee_db:
            into_knee = np.minimum(above, 2 * self._half_knee_db)
            above -= into_knee
            into_knee *= into_knee
            into_knee *= 1 / (4 * self._half_knee_db)
            above += into_knee
        above *= self._slope
        return above


class GainComputer:
    """Turns a compressor's detector into its gains, make-up included."""

    def __init__(self, settings: Compressor | CompressedBand, sample_rate_hz: int) -> None:
        self.makeup = gain_of(settings.makeup_db)
        self.reductions = Reductions(sample_rate_hz)
        self._curve = StaticCurve(
            settings.threshold_db, 1.0 - 1.0 / settings.ratio, settings.knee_db
        )
        self._ballistics = Ballistics(settings.attack_ms, settings.release_ms, sample_rate_hz)

    @property
    def is_flat(self) -> bool:
        """Whether the gain is the make-up whatever the detector reads."""
        return self._curve.is_flat

    def gains(self, detector: Array) -> Array:
        """Return the linear gains of (frames,) linear detector peaks."""
        reduction_db = self._ballistics.process(self._curve.reduction_db(detector))
        self.reductions.note(reduction_db)
        if not reduction_db.any():
            return np.full_like(reduction_db, self.makeup)
        gains = gains_of(-reduction_db)
        if self.makeup != 1.0:
            gains *= self.makeup
        return gains
