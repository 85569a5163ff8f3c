"""The meter: blocks in, readings out, in one pass and in memory that hardly grows."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from bridge.audio import (
    MOST_CHANNELS,
    Block,
    Framer,
    KWeighting,
    LibraryPeak,
    TruePeak,
    layout,
)
from bridge.metering.measures import Measures
from bridge.metering.statistics import Statistics
from bridge.metering.windows import (
    MOMENTARY_STEPS,
    SHORT_TERM_STEPS,
    STEPS_PER_S,
    GatedLoudness,
    LoudestWindow,
    PeakToShortTerm,
    StepPeaks,
    Steps,
)
from bridge.native import library, rows
from sessions import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from stemwright.decibels import amplitude_db
from stemwright.problems import InputError, Problem

Samples = npt.NDArray[np.float64]
"""(frames,)"""

_LOUDEST = 1e140
"""Sums of the squares of what is larger overflow; only 64-bit files hold any."""


class Meter:
    """Reads a stream of 1 to 64 channels at any rate from 8 to 384 kHz.

    `speakers` is the channel mask of WAVE_FORMAT_EXTENSIBLE; where it and the count say nothing of
    where the channels are heard, every loudness is NaN, and the peaks are read all the same.

    However the stream is cut, the readings are the same to the bit: everything is worked in whole
    seconds from frame 0. Only the energies of gating blocks and windows grow with length, by about
    240 B/s.
    """

    def __init__(
        self,
        sample_rate_hz: int,
        channels: int,
        speakers: int | None = None,
        listener: Callable[[Block, Samples], None] | None = None,
    ) -> None:
        """`listener` is given every second, and what is left at the end, K-weighted: the samples
        and their (frames,) channel-weighted squares."""
        _refuse_layout(sample_rate_hz, channels)
        self._listener = listener
        self._sample_rate_hz = sample_rate_hz
        self._channels = channels
        known = layout(channels, speakers).weights
        self._located = known is not None
        weights = known or (0.0,) * channels
        self._weights = np.array(weights)
        self._frames = 0
        self._seconds = Framer(channels, sample_rate_hz)
        self._step_peaks = StepPeaks(sample_rate_hz)
        self._edges = np.arange(STEPS_PER_S + 1) * sample_rate_hz // STEPS_PER_S
        self._weighting = KWeighting(sample_rate_hz, channels)
        self._true_peak = TruePeak(channels, LibraryPeak(sample_rate_hz))
        self._statistics = Statistics(channels)
        self._gated = GatedLoudness()
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

    def _read(self, block: Block) -> None:
        self._statistics.add(block)
        weighted = self._weighting.filtered(block)
        squares = self._energies(weighted)
        if self._listener is not None:
            self._listener(weighted, squares)
        sums = self._step_sums(squares)
        frames = np.diff(self._edges[: len(sums) + 1])
        self._gated.add(sums, frames)
        energies = sums / frames
        self._momentary.add(energies)
        self._peak_to_short_term.add_windows(self._short_term.add(energies))

    def _note_peaks(self, peaks: Samples | npt.NDArray[np.float32]) -> None:
        self._peak_to_short_term.add_peaks(self._step_peaks.add(peaks))

    def _energies(self, weighted: Block) -> Samples:
        """Return the (frames,) channel-weighted squares of K-weighted samples."""
        if (compiled := library()) is None:
            energies: Samples = (np.square(weighted) * self._weights[:, None]).sum(axis=0)
            return energies
        energies = np.empty(weighted.shape[1])
        fed, stride = rows(weighted)
        compiled.weighted_energy(fed, stride, len(fed), self._weights, energies, len(energies))
        return energies

    def _step_sums(self, energies: Samples) -> Steps:
        """Return the sums over the steps of 10 ms that a second, or the start of one, fills."""
        whole = int(np.searchsorted(self._edges, len(energies), side="right")) - 1
        sums = np.empty(whole)
        if (compiled := library()) is not None:
            compiled.step_sums(energies, self._edges, sums, whole)
        elif whole:
            np.add.reduceat(energies[: self._edges[whole]], self._edges[:whole], out=sums)
        return sums

    def _readings(self) -> Measures:
        integrated_lufs = self._gated.integrated_lufs if self._located else math.nan
        true_peak_dbtp = amplitude_db(self._true_peak.largest)
        loudest_lufs = self._short_term.loudest_lufs if self._located else math.nan
        ranged = self._short_term.complete and math.isfinite(integrated_lufs)
        return Measures(
            sample_rate_hz=self._sample_rate_hz,
            channels=self._channels,
            frames=self._frames,
            integrated_lufs=integrated_lufs,
            loudness_range_lu=self._gated.range_lu if ranged else math.nan,
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
        if _is_within(block, _LOUDEST):
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


def _is_within(block: Block, largest: float) -> bool:
    """Say whether no sample is larger, nor NaN."""
    if (compiled := library()) is not None:
        return all(compiled.largest_magnitude(row, len(row)) <= largest for row in rows(block)[0])
    return not block.size or bool(block.min() >= -largest and block.max() <= largest)


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
