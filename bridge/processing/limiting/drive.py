"""What the finish must know of the signal before it can choose a drive: one pass, kept small."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from bridge.audio import Block, FramePeaks, Framer, KWeighting, gated_lufs, narrow_frame_peaks
from bridge.native import library
from bridge.processing.limiting.brent import find_root
from bridge.processing.limiting.engine import MARGIN_DB, Curve, Engine, GainCurve, Shape
from bridge.processing.limiting.series import Series
from bridge.processing.reduction import Reductions
from chains import Limiter
from stemwright.decibels import linear

_GRID_FRAMES = 16384
_PART = 1 << 17  # as much of a series is in memory at once


@dataclass(frozen=True, eq=False)
class Analysis:
    """A signal's peaks and energies, in files: 20 MB a minute at 48 kHz.

    `envelope` has the 4x true peak of every frame over both channels. `energies` has the K-weighted
    energy of every `pooled` frames, the last of them fewer, summed over channels and frames.
    """

    sample_rate_hz: int
    envelope: Series
    energies: Series
    pooled: int

    @property
    def frames(self) -> int:
        """Length of the signal."""
        return len(self.envelope)


class Analyser:
    """Takes a signal block by block and keeps what the finish needs of it.

    It lies on the disk of `folder`. Raises as `Series` does.
    """

    def __init__(self, sample_rate_hz: int, channels: int = 2, folder: Path | None = None) -> None:
        self._sample_rate_hz = sample_rate_hz
        self._pooled = 8 * max(1, round(sample_rate_hz / 48000))
        self._framer = Framer(channels, _GRID_FRAMES)
        self._frame_peaks = FramePeaks(channels, narrow_frame_peaks)
        self._weighting = KWeighting(sample_rate_hz, channels)
        self._envelope, self._energies = Series(folder), Series(folder)

    def add(self, block: Block) -> None:
        """Take (channels, frames) float64."""
        self._keep(self._framer.add(block))

    def result(self) -> Analysis:
        """Return the analysis of everything taken; nothing can be added afterwards."""
        self._keep(self._framer.rest())
        self._envelope.append(self._frame_peaks.rest().astype(np.float32))
        return Analysis(self._sample_rate_hz, self._envelope, self._energies, self._pooled)

    def _keep(self, block: Block) -> None:
        for start in range(0, block.shape[1], _GRID_FRAMES):
            tile = block[:, start : start + _GRID_FRAMES]
            self._envelope.append(self._frame_peaks.add(tile).astype(np.float32))
            self._energies.append(self._pooled_energies(self._weighting.filtered(tile)))

    def _pooled_energies(self, weighted: Block) -> npt.NDArray[np.float32]:
        whole, short = divmod(weighted.shape[1], self._pooled)
        compiled = library()
        if compiled is not None and len(weighted) == 2 and not short:
            energies = np.empty(whole, np.float32)
            compiled.pooled_energies(weighted[0], weighted[1], energies, whole, self._pooled)
            return energies
        energy = np.square(weighted).sum(axis=0)
        short = -len(energy) % self._pooled
        rows = np.pad(energy, (0, short)).reshape(-1, self._pooled)
        pooled: npt.NDArray[np.float32] = rows.sum(axis=1).astype(np.float32)
        return pooled


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
        find_root(miss, low, high, _RESOLUTION_DB / 2.0)
    return tried


class _Prediction:
    """Loudness at a drive, from the pooled envelope and energies."""

    def __init__(
        self, analysis: Analysis, ceiling_dbtp: float, settings: Limiter, bias_lu: float
    ) -> None:
        pooled, rate = analysis.pooled, analysis.sample_rate_hz
        self._peaks = _pooled_peaks(analysis)
        self._energies = analysis.energies
        self._shape = Shape.of(settings.lookahead_ms, settings.release_ms, rate, pooled)
        self._ceiling = linear(ceiling_dbtp - MARGIN_DB)
        self._bias_lu = bias_lu
        self._tenth_frames = rate / 10
        tenths = int(analysis.frames / self._tenth_frames)
        self._edges = np.rint(np.arange(tenths + 1) * (self._tenth_frames / pooled)).astype(int)

    def untouched(self) -> float:
        """Return the loudness of the signal as it came, -inf when no drive makes it audible."""
        loudness_lufs = self._gated(_wide(self._energies))
        if loudness_lufs > -math.inf:
            return loudness_lufs
        highest_db = DRIVE_RANGE_DB[1]
        factor = linear(2.0 * highest_db)
        return self._gated(part * factor for part in _wide(self._energies)) - highest_db

    def at(self, drive_db: float) -> float:
        """Return the loudness with `drive_db` before the limiter."""
        return self._gated(self._limited(linear(drive_db))) + self._bias_lu

    def _limited(self, drive: float) -> Iterator[Curve]:
        """The energies that the limiter leaves."""
        position = 0
        for gain in self._gains(drive):
            energies = self._energies.read(position, position + len(gain)).astype(np.float64)
            yield energies * np.square(gain * drive)
            position += len(gain)

    def _gains(self, drive: float) -> Iterator[Curve]:
        curve, known = GainCurve(self._shape, self._ceiling), 0
        for peaks in _wide(self._peaks):
            gain = curve.add(peaks * drive)
            known += len(gain)
            yield gain
        yield curve.rest(len(self._peaks) - known)

    def _gated(self, energies: Iterable[Curve]) -> float:
        """The gated loudness of a stream of energies; its one running sum is read at the edges."""
        totals = np.zeros(len(self._edges))
        total, start = 0.0, 0
        for part in energies:
            run = np.add.accumulate(np.concatenate([[total], part]))
            first, last = np.searchsorted(self._edges, (start, start + len(run)))
            totals[first:last] = run[self._edges[first:last] - start]
            total, start = float(run[-1]), start + len(part)
        tenths = np.diff(totals)
        if len(tenths) < _TENTHS_A_BLOCK:
            return -math.inf
        blocks = sliding_window_view(tenths, _TENTHS_A_BLOCK).sum(axis=1)
        return gated_lufs(blocks / (_TENTHS_A_BLOCK * self._tenth_frames))


def _pooled_peaks(analysis: Analysis) -> Series:
    """The highest peak of every `pooled` frames."""
    found, pooled = Series(analysis.envelope.folder), analysis.pooled
    for part in analysis.envelope.parts(_PART * pooled):
        found.append(np.pad(part, (0, -len(part) % pooled)).reshape(-1, pooled).max(axis=1))
    return found


def _wide(series: Series) -> Iterator[Curve]:
    return (part.astype(np.float64) for part in series.parts(_PART))


class FinishLimiter:
    """Streams drive * gain * samples, reusing the envelope of the analysis; frame n stays frame n.

    `gain` belongs to the frames returned last: multiplying the driven samples of any other version
    by it replays the limiter, `(samples * drive) * gain`, to the bit.
    """

    def __init__(
        self, analysis: Analysis, drive_db: float, ceiling_dbtp: float, settings: Limiter
    ) -> None:
        shape = Shape.of(settings.lookahead_ms, settings.release_ms, analysis.sample_rate_hz)
        self._engine = Engine(shape, linear(ceiling_dbtp - MARGIN_DB), channels=2)
        self._envelope = analysis.envelope
        self._position = 0
        self.drive = linear(drive_db)
        """The drive, linear."""
        self.gain: Curve = np.empty(0)
        """(frames,) gain in (0, 1] of the frames returned last."""
        self.lowest_gain = 1.0
        """The smallest gain of all frames returned so far."""
        self.reductions = Reductions(analysis.sample_rate_hz)
        """The gains of all frames returned so far, without the trim."""

    def process(self, block: Block) -> Block:
        """Take (2, frames) float64 of the analysed signal; return the (2, frames) ready.

        ValueError for frames beyond the analysed ones.
        """
        stop = self._position + block.shape[1]
        if stop > len(self._envelope):
            raise ValueError(f"{stop} frames, but {len(self._envelope)} were analysed")
        peaks = self._envelope.read(self._position, stop).astype(np.float64)
        self._position = stop
        return self._noted(*self._engine.add(block * self.drive, peaks * self.drive))

    def finish(self) -> Block:
        """Return what is still held."""
        return self._noted(*self._engine.rest())

    def _noted(self, limited: Block, gain: Curve) -> Block:
        self.gain = gain
        self.lowest_gain = min(self.lowest_gain, float(gain.min(initial=1.0)))
        self.reductions.note_gains(gain)
        return limited
