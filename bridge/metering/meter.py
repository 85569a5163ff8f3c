"""The meter: blocks in, readings out, in one pass and in memory that hardly grows."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from pyebur128 import (
    ChannelType,
    MeasurementMode,
    R128State,
    get_loudness_global,
    get_loudness_range,
)

from bridge.audio import (
    ABSOLUTE_GATE_LUFS,
    MOST_CHANNELS,
    Block,
    Framer,
    KWeighting,
    LibraryPeak,
    TruePeak,
    layout,
    lufs,
)
from sessions import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from stemwright.decibels import amplitude_db, power_db
from stemwright.problems import InputError, Problem


@dataclass(frozen=True)
class Measures:
    """Every reading of one signal; -inf or NaN where the signal has none (null in JSON).

    Loudness is BS.1770 / EBU R 128. `momentary_max_lufs` and `short_term_max_lufs` are the loudest
    complete 0.4 s and 3 s windows, taken every 10 ms; `loudness_range_lu` needs 3 s as well (EBU
    Tech 3342). `true_peak_dbtp` is the larger of libebur128's and a 16x reading. `plr_db` is true
    peak minus integrated loudness; `psr_min_db` the smallest 4x true peak minus loudness of any 3 s
    window (every 100 ms) within 20 LU of the loudest. `dc` is the mean of each channel;
    `correlation` that of left and right, of stereo only; `crest_db` sample peak over the RMS of all
    channels. A mono file is read as one channel, 3 LU under the same signal on two. `doubts` are
    (code, sentence going on from the file's name): speakers assumed, a header not believed.
    """

    sample_rate_hz: int
    channels: int
    frames: int
    integrated_lufs: float
    loudness_range_lu: float
    momentary_max_lufs: float
    short_term_max_lufs: float
    true_peak_dbtp: float
    sample_peak_dbfs: float
    plr_db: float
    psr_min_db: float
    dc: tuple[float, ...]
    correlation: float
    crest_db: float
    path: str | None = None
    doubts: tuple[tuple[str, str], ...] = ()

    def named(self, path: str) -> Measures:
        """Return the same readings for the file they belong to."""
        return replace(self, path=path)

    def as_json(self) -> dict[str, Any]:
        """The object of the `files` list that `measure --json` prints."""
        values = asdict(self)
        path = values.pop("path")
        values.pop("doubts")
        return {"path": path, **json_value(values)}


def json_value(value: Any) -> Any:
    """Return a value as JSON takes it: numbers that are none become null, tuples lists."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, tuple | list):
        return [json_value(each) for each in value]
    if isinstance(value, dict):
        return {key: json_value(each) for key, each in value.items()}
    return value


class Statistics:
    """Running sums of a stream that arrives on a fixed grid."""

    def __init__(self, channels: int) -> None:
        self._frames = 0
        self._sums = np.zeros(channels)
        self._squares = np.zeros(channels)
        self._product = 0.0
        self.largest = 0.0
        """Largest sample magnitude."""

    def add(self, block: Block) -> None:
        """Take (channels, frames)."""
        self._frames += block.shape[1]
        self._sums += block.sum(axis=1)
        self._squares += np.square(block).sum(axis=1)
        if len(block) == 2:
            self._product += float((block[0] * block[1]).sum())
        self.largest = max(self.largest, float(np.abs(block).max(initial=0.0)))

    @property
    def dc(self) -> tuple[float, ...]:
        """The mean of each channel."""
        return tuple((self._sums / max(1, self._frames)).tolist())

    @property
    def correlation(self) -> float:
        """Normalised product of left and right in [-1, 1]; NaN unless stereo and both sound."""
        power = math.sqrt(math.prod(self._squares.tolist())) if len(self._squares) == 2 else 0.0
        return min(1.0, max(-1.0, self._product / power)) if power > 0.0 else math.nan

    @property
    def crest_db(self) -> float:
        """Sample peak over the RMS of all channels; NaN for silence."""
        mean_square = float(self._squares.sum()) / max(1, self._frames * len(self._squares))
        return amplitude_db(self.largest / math.sqrt(mean_square)) if mean_square else math.nan


STEPS_PER_S = 100
MOMENTARY_STEPS = 40
SHORT_TERM_STEPS = 300
PSR_RANGE_LU = 20.0

_MOST_K_GAIN_DB = 4.0
_BINS_PER_LU = 10
_PSR_EVERY_STEPS = 10

Steps = npt.NDArray[np.float64]
"""(10 ms steps,)"""


class LoudestWindow:
    """The largest energy of any complete window of `steps` steps, tried at every step."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._held: Steps = np.empty(0)
        self._largest = 0.0
        self.complete = False
        """Whether the signal held a whole window."""

    def add(self, energies: Steps) -> Steps:
        """Take the mean squares of the next steps; return those of the windows they complete."""
        held = np.concatenate([self._held, energies])
        self._held = held[max(0, len(held) - self._steps + 1) :]
        if len(held) < self._steps:
            return np.empty(0)
        windows: Steps = sliding_window_view(held, self._steps).mean(axis=1)
        self._largest = max(self._largest, float(windows.max()))
        self.complete = True
        return windows

    @property
    def loudest_lufs(self) -> float:
        """Loudness of the loudest window, -inf for silence or when none was complete."""
        return lufs(self._largest)


class PeakToShortTerm:
    """Smallest peak-to-short-term-loudness ratio, with the quiet windows left out at the end.

    The smallest ratio is kept for every 0.1 LU of loudness, since how quiet is too quiet is known
    only when the loudest window is. Windows with less peak than any sound of their loudness has
    hold only what the weighting rings on with after a loud low end, and are left out.
    """

    def __init__(self, weights: float) -> None:
        """`weights` is the sum of the channels' weights."""
        self._lowest_db = -_MOST_K_GAIN_DB - power_db(max(weights, 1.0))
        self._held: Steps = np.empty(0)
        self._peaks: Steps = np.empty(0)
        self._windows: Steps = np.empty(0)
        self._skip = 0
        self._smallest_db: dict[int, float] = {}

    def add_windows(self, energies: Steps) -> None:
        """Take the mean squares of the next 3 s windows, one a step."""
        self._windows = np.concatenate([self._windows, energies])
        self._pair()

    def add_peaks(self, peaks: Steps) -> None:
        """Take the linear peaks of the next steps."""
        held = np.concatenate([self._held, peaks])
        self._held = held[max(0, len(held) - SHORT_TERM_STEPS + 1) :]
        if len(held) >= SHORT_TERM_STEPS:
            largest = sliding_window_view(held, SHORT_TERM_STEPS).max(axis=1)
            self._peaks = np.concatenate([self._peaks, largest])
            self._pair()

    def smallest_db(self, loudest_lufs: float) -> float:
        """Return the smallest ratio within 20 LU of the loudest window; NaN when there is none."""
        if math.isnan(loudest_lufs) or loudest_lufs <= ABSOLUTE_GATE_LUFS:
            return math.nan
        least = _bin(loudest_lufs - PSR_RANGE_LU)
        kept = (ratio for place, ratio in self._smallest_db.items() if place >= least)
        return min(kept, default=math.nan)

    def _pair(self) -> None:
        known = min(len(self._peaks), len(self._windows))
        for index in range(self._skip, known, _PSR_EVERY_STEPS):
            self._note(float(self._peaks[index]), lufs(float(self._windows[index])))
        self._skip = (self._skip - known) % _PSR_EVERY_STEPS
        self._peaks, self._windows = self._peaks[known:], self._windows[known:]

    def _note(self, peak: float, loudness_lufs: float) -> None:
        if loudness_lufs <= ABSOLUTE_GATE_LUFS or peak <= 0.0:
            return
        where = _bin(loudness_lufs)
        ratio_db = amplitude_db(peak) - loudness_lufs
        if ratio_db >= self._lowest_db:
            self._smallest_db[where] = min(self._smallest_db.get(where, math.inf), ratio_db)


def _bin(loudness_lufs: float) -> int:
    return math.floor((loudness_lufs - ABSOLUTE_GATE_LUFS) * _BINS_PER_LU)


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
