"""One look at the limited signal, to raise the envelope where a ceiling is still exceeded."""

from __future__ import annotations

import numpy as np

from bridge.audio.framing import Block
from bridge.audio.interpolation import BAND_BOUND, FINE_HALF_TAPS, fine_peaks
from bridge.processing.limiting.curve import Curve, GainCurve, Shape


class Refinement:
    """Raises a peak envelope where a signal limited by it still reads over the ceiling at 16x.

    The 4x envelope misses up to 2 dB near half the sample rate, and a moving gain shifts what lies
    between the samples; this catches both. Only frames that could be over are read.
    """

    def __init__(self, shape: Shape, ceiling: float, channels: int) -> None:
        self._curve = GainCurve(shape, ceiling)
        self._ceiling = ceiling
        self._samples: Block = np.zeros((channels, 0))
        self._peaks: Curve = np.empty(0)
        self._gain: Curve = np.empty(0)
        self._limited: Block = np.zeros((channels, FINE_HALF_TAPS))

    def add(self, samples: Block, peaks: Curve) -> Curve:
        """Take (channels, frames) and their (frames,) peaks; return the raised peaks known."""
        self._samples = np.concatenate([self._samples, samples], axis=1)
        self._peaks = np.concatenate([self._peaks, peaks])
        return self._raised(self._curve.add(peaks), silence_frames=0)

    def rest(self) -> Curve:
        """Return the raised peaks still owed."""
        return self._raised(self._curve.rest(self._samples.shape[1]), silence_frames=FINE_HALF_TAPS)

    def _raised(self, gain: Curve, silence_frames: int) -> Curve:
        silence = np.zeros((len(self._samples), silence_frames))
        limited = self._samples[:, : len(gain)] * gain
        self._samples = self._samples[:, len(gain) :]
        self._limited = np.concatenate([self._limited, limited, silence], axis=1)
        self._gain = np.concatenate([self._gain, gain])
        return self._read(max(0, self._limited.shape[1] - 2 * FINE_HALF_TAPS))

    def _read(self, frames: int) -> Curve:
        raised, gain = self._peaks[:frames].copy(), self._gain[:frames]
        near = np.flatnonzero(raised * gain > self._ceiling * BAND_BOUND)
        fine = fine_peaks(self._limited, near, self._ceiling)
        over, fine = near[fine > self._ceiling], fine[fine > self._ceiling]
        raised[over] = np.maximum(raised[over], fine / gain[over])
        self._limited = self._limited[:, frames:]
        self._gain, self._peaks = self._gain[frames:], self._peaks[frames:]
        return raised
