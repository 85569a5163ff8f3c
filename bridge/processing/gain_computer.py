"""From a detector to gains: the static curve and its times, shared by all that compresses.

Feed-forward, gain computed in dB and then smoothed by a decoupled peak detector, after
Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60 (6), 2012:
static curve (4), decoupled detector (16), placed after the gain computer (figure 7c).
"""

from __future__ import annotations

import math

import numpy as np

from bridge.audio import Block
from bridge.native import Lasting, library, rows
from bridge.processing.envelopes import LOWEST, Ballistics, linked_peaks
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

    @property
    def numbers(self) -> tuple[float, float, float]:
        """Where the curve begins and half its knee, in dB, and its slope."""
        return self._threshold_db - self._half_knee_db, self._half_knee_db, self._slope

    def reduction_db(self, detector: Array) -> Array:
        """Return by how many dB each linear level asks to be turned down, 0 or more."""
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


class Reducer:
    """From what a detector hears to the dB a signal is turned down by: curve, `most_db`, times."""

    def __init__(
        self, curve: StaticCurve, ballistics: Ballistics, most_db: float = math.inf
    ) -> None:
        self._curve = curve
        self._ballistics = ballistics
        self._most_db = most_db
        self._numbers = Lasting(np.array([*curve.numbers, most_db]))

    @property
    def is_flat(self) -> bool:
        """Whether nothing is ever turned down."""
        return self._curve.is_flat

    def process(self, heard: Block) -> Array:
        """Return (frames,) dB, 0 or more, for (2, frames)."""
        if (compiled := library()) is not None:
            return self._ballistics.follow(compiled, heard, self._numbers)
        wanted_db = self._curve.reduction_db(linked_peaks(heard))
        np.minimum(wanted_db, self._most_db, out=wanted_db)
        return self._ballistics.process(wanted_db)


class GainComputer:
    """Compresses a signal by what its detector hears, make-up included."""

    def __init__(self, settings: Compressor | CompressedBand, sample_rate_hz: int) -> None:
        self.makeup = gain_of(settings.makeup_db)
        self.reductions = Reductions(sample_rate_hz)
        self._reducer = Reducer(
            StaticCurve(settings.threshold_db, 1.0 - 1.0 / settings.ratio, settings.knee_db),
            Ballistics(settings.attack_ms, settings.release_ms, sample_rate_hz),
        )

    @property
    def is_flat(self) -> bool:
        """Whether the gain is the make-up whatever the detector reads."""
        return self._reducer.is_flat

    def compressed(self, block: Block, heard: Block) -> Block:
        """Return (2, frames) turned down as the (2, frames) that are heard ask."""
        reduction_db = self._reducer.process(heard)
        self.reductions.note(reduction_db)
        return turned_down(block, reduction_db, self.makeup)


def turned_down(block: Block, reduction_db: Array, makeup: float) -> Block:
    """Return (2, frames) less (frames,) dB, times a linear gain."""
    if (compiled := library()) is not None:
        out = np.empty(block.shape)
        compiled.turned_down(*rows(block), reduction_db, out, block.shape[1], makeup)
        return out
    gains = gains_of(-reduction_db)
    gains *= makeup
    return block * gains
