"""The meter: blocks in, readings out, in one pass and in memory that hardly grows."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from pyebur128 import (
    ChannelType,
    MeasurementMode,
    R128State,
    get_loudness_global,
    get_loudness_range,
)

from bridge.audio.framing import Block, Framer
from bridge.audio.library_peak import LibraryPeak
from bridge.audio.loudness import MOST_CHANNELS, KWeighting, layout
from bridge.audio.true_peak import TruePeak
from bridge.metering.measures import Measures
from bridge.metering.statistics import Statistics
from bridge.metering.windows import (
    MOMENTARY_STEPS,
    SHORT_TERM_STEPS,
    STEPS_PER_S,
    LoudestWindow,
    PeakToShortTerm,
    Steps,
)
from sessions.media.headers import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from stemwright.decibels import amplitude_db
from stemwright.problems import InputError, Problem

_LIBRARY_CHANNELS = {
    0.0: ChannelType.UNUSED,
    1.0: ChannelType.LEFT,
    1.41: ChannelType.LEFT_SURROUND,
}
_MODE = MeasurementMode.MODE_I | MeasurementMode.MODE_LRA
_LOUDEST = 1e140
"""Sums of the squares of what is larger overflow; only 64-bit files hold any."""


class Meter:
    """Reads a stream of 1 to 64 channels at any rate from 8 to 384 kHz.

    `speakers` is the channel mask of WAVE_FORMAT_EXTENSIBLE; where it and the count say nothing of
    where the channels are heard, every loudness is NaN, and the peaks are read all the same.

    However the stream is cut, the readings are the same to the bit: everything is worked in whole
    seconds from frame 0. Only libebur128's gating blocks grow with length, by about 320 B/s.
    """

    def __init__(self, sample_rate_hz: int, channels: int, speakers: int | None = None) -> None:
        _refuse_layout(sample_rate_hz, channels)
        self._sample_rate_hz = sample_rate_hz
        self._channels = channels
        known = layout(channels, speakers).weights
        self._located = known is not None
        weights = known or (0.0,) * channels
        self._weights = np.array(weights)[:, None]
        self._frames = 0
        self._seconds = Framer(channels, sample_rate_hz)
        self._peak_seconds = Framer(1, sample_rate_hz)
        self._edges = np.arange(STEPS_PER_S + 1) * sample_rate_hz // STEPS_PER_S
        self._interleaved = np.empty((sample_rate_hz, channels))
        self._library = R128State(channels, sample_rate_hz, _MODE)
        for channel, weight in enumerate(weights):
            self._library.set_channel(channel, _LIBRARY_CHANNELS[weight])
        self._weighting = KWeighting(sample_rate_hz, channels)
        self._true_peak = TruePeak(channels, LibraryPeak(sample_rate_hz))
        self._statistics = Statistics(channels)
        self._momentary = LoudestWindow(MOMENTARY_STEPS)
        self._short_term = LoudestWindow(SHORT_TERM_STEPS)
        self._peak_to_short_term = PeakToShortTerm(sum(weights))
        self._measures: Measures | None = None

    def add(self, block: Block) -> None:
        """Take (channels, frames) float64.

        InputError `not_finite` with the frame and its time, for samples beyond any level as well;
        ValueError after `result`.
        """
        if self._measures is not None:
            raise ValueError("the meter has been read; start another one")
        self._refuse_beyond_level(block)
        self._frames += block.shape[1]
        self._note_peaks(self._true_peak.add(block))
        self._read_seconds(self._seconds.add(block))

    def result(self) -> Measures:
        """Return the readings of everything taken; nothing can be added afterwards."""
        if self._measures is None:
            self._read_rest()
            self._measures = self._readings()
        return self._measures

    def _read_seconds(self, seconds: Block) -> None:
        for start in range(0, seconds.shape[1], self._sample_rate_hz):
            self._read(seconds[:, start : start + self._sample_rate_hz])

    def _read_rest(self) -> None:
        rest = self._seconds.rest()
        if rest.shape[1]:
            self._read(rest)
        self._note_peaks(self._true_peak.rest())
        self._peak_to_short_term.add_peaks(self._steps(np.maximum, self._peak_seconds.rest()[0]))

    def _read(self, block: Block) -> None:
        interleaved = self._interleaved[: block.shape[1]]
        interleaved[...] = block.T
        self._library.add_frames(interleaved.ravel(), block.shape[1])
        self._statistics.add(block)
        weighted = np.square(self._weighting.filtered(block))
        energies = self._steps(np.add, (weighted * self._weights).sum(axis=0))
        energies /= np.diff(self._edges[: len(energies) + 1])
        self._momentary.add(energies)
        self._peak_to_short_term.add_windows(self._short_term.add(energies))

    def _note_peaks(self, peaks: npt.NDArray[np.float64]) -> None:
        seconds = self._peak_seconds.add(peaks[None])[0]
        for start in range(0, len(seconds), self._sample_rate_hz):
            second = seconds[start : start + self._sample_rate_hz]
            self._peak_to_short_term.add_peaks(self._steps(np.maximum, second))

    def _steps(self, reduce: np.ufunc, values: npt.NDArray[np.float64]) -> Steps:
        """Reduce (frames,) to the 10 ms steps that are whole."""
        whole = int(np.searchsorted(self._edges, len(values), side="right")) - 1
        if not whole:
            return np.empty(0)
        steps: Steps = reduce.reduceat(values[: self._edges[whole]], self._edges[:whole])
        return steps

    def _readings(self) -> Measures:
        integrated_lufs = get_loudness_global(self._library) if self._located else math.nan
        true_peak_dbtp = amplitude_db(self._true_peak.largest)
        loudest_lufs = self._short_term.loudest_lufs if self._located else math.nan
        ranged = self._short_term.complete and math.isfinite(integrated_lufs)
        return Measures(
            sample_rate_hz=self._sample_rate_hz,
            channels=self._channels,
            frames=self._frames,
            integrated_lufs=integrated_lufs,
            loudness_range_lu=get_loudness_range(self._library) if ranged else math.nan,
            momentary_max_lufs=self._momentary.loudest_lufs if self._located else math.nan,
            short_term_max_lufs=loudest_lufs,
            true_peak_dbtp=true_peak_dbtp,
            sample_peak_dbfs=amplitude_db(self._statistics.largest),
            plr_db=true_peak_dbtp - integrated_lufs if math.isfinite(integrated_lufs) else math.nan,
            psr_min_db=self._peak_to_short_term.smallest_db(loudest_lufs),
            dc=self._statistics.dc,
            correlation=self._statistics.correlation,
            crest_db=self._statistics.crest_db,
        )

    def _refuse_beyond_level(self, block: Block) -> None:
        if not block.size or (block.min() >= -_LOUDEST and block.max() <= _LOUDEST):
            return
        at = int(np.argmin((np.abs(block) <= _LOUDEST).all(axis=0)))
        frame, finite = self._frames + at, np.isfinite(block[:, at]).all()
        fault = "is beyond any level" if finite else "is NaN or infinite"
        raise InputError(
            Problem(
                "not_finite",
                f"sample {frame} ({frame / self._sample_rate_hz:.3f} s) {fault}",
                {"frame": frame},
                expected="finite samples",
                hint="export the file again, or find the plugin that produced it",
            )
        )


def _refuse_layout(sample_rate_hz: int, channels: int) -> None:
    if not 1 <= channels <= MOST_CHANNELS:
        raise InputError(
            Problem(
                "channel_count",
                f"{channels} channels cannot be measured",
                expected=f"1 to {MOST_CHANNELS} channels",
                hint="export it as mono, stereo, 5.1 or 7.1",
            )
        )
    if not LOWEST_RATE_HZ <= sample_rate_hz <= HIGHEST_RATE_HZ:
        raise InputError(
            Problem(
                "sample_rate",
                f"{sample_rate_hz} Hz cannot be measured",
                expected=f"{LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz",
                hint="convert it to 44100, 48000, 88200, 96000, 176400 or 192000 Hz",
            )
        )
