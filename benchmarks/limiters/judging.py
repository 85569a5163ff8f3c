"""What is measured of a limited sound, beside what went in."""

from __future__ import annotations

import numpy as np
from pyebur128 import MeasurementMode, R128State, get_loudness_global, get_true_peak
from scipy.signal import csd, welch

from benchmarks.limiters.sounds import HIGH_HZ, LOW_HZ, Sound, true_peak
from bridge.audio import Block
from stemwright.decibels import amplitude_db, power_db
from stemwright.values import dataclass

_SIDEBANDS = 8
_HARMONICS = 20
_WINDOW_FRAMES = 4096
_LEAST_POWER = 1e-20


def intermodulation_db(samples: Block, rate_hz: int) -> float:
    """The power of eight pairs of sidebands of the two tones beside that of the upper one.

    SMPTE RP 120, from the lines of the last second.
    """
    lines = _last_second(samples, rate_hz)
    pairs = range(LOW_HZ, (_SIDEBANDS + 1) * LOW_HZ, LOW_HZ)
    power = sum(lines[HIGH_HZ - apart] + lines[HIGH_HZ + apart] for apart in pairs)
    return power_db(max(_LEAST_POWER, float(power / lines[HIGH_HZ])))


def harmonics_db(samples: Block, rate_hz: int, hz: int) -> float:
    """The power of the second to the twentieth harmonic beside that of the tone of `hz`."""
    lines = _last_second(samples, rate_hz)
    power = lines[2 * hz : _HARMONICS * hz + 1 : hz].sum()
    return power_db(max(_LEAST_POWER, float(power / lines[hz])))


def _last_second(samples: Block, rate_hz: int) -> Block:
    """The power of every whole hertz in the first channel."""
    lines: Block = np.square(np.abs(np.fft.rfft(samples[0, -rate_hz:])))
    return lines


def coherence_db(before: Sound, after: Block) -> float:
    """How much more of the output any fixed filter of the input explains than it leaves.

    By the magnitude-squared coherence c of both (Welch, Hann windows of 4096 frames, half
    overlapping, the whole song): the output's power times c, over its power times 1 - c, each
    summed over all frequencies and both channels.
    """
    explained = left = 0.0
    for one, other in zip(before.samples, after, strict=True):
        taken = (before.rate_hz, "hann", _WINDOW_FRAMES)
        cross = np.square(np.abs(csd(one, other, *taken)[1]))
        given, made = welch(one, *taken)[1], welch(other, *taken)[1]
        shared = cross / np.maximum(given, np.finfo(float).tiny)
        explained += float(shared.sum())
        left += float((made - shared).sum())
    return power_db(explained / left)


@dataclass(frozen=True)
class Peaks:
    """The highest sample, and the true peak by our meter and by libebur128, in dBFS and dBTP."""

    sample_dbfs: float
    ours_dbtp: float
    libebur128_dbtp: float

    @staticmethod
    def of(samples: Block, rate_hz: int) -> Peaks:
        """Measure (2, frames)."""
        state = _read(samples, rate_hz, MeasurementMode.MODE_TRUE_PEAK)
        theirs = max(get_true_peak(state, channel) for channel in range(len(samples)))
        levels = (float(np.abs(samples).max()), true_peak(samples), theirs)
        return Peaks(*(amplitude_db(level) for level in levels))

    def or_higher(self, other: Peaks) -> Peaks:
        """The higher of each."""
        return Peaks(
            max(self.sample_dbfs, other.sample_dbfs),
            max(self.ours_dbtp, other.ours_dbtp),
            max(self.libebur128_dbtp, other.libebur128_dbtp),
        )


def loudness_lufs(samples: Block, rate_hz: int) -> float:
    """Integrated, by libebur128."""
    return float(get_loudness_global(_read(samples, rate_hz, MeasurementMode.MODE_I)))


def _read(samples: Block, rate_hz: int, mode: MeasurementMode) -> R128State:
    state = R128State(len(samples), rate_hz, mode)
    state.add_frames(np.ascontiguousarray(samples.T).ravel(), samples.shape[1])
    return state
