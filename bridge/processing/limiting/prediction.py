"""The loudness of a limited signal at any drive: predicted from its analysis, or really limited."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bridge.audio import Block, gated_lufs
from bridge.processing.limiting.analysis import Analyser, Analysis, PooledEnergies
from bridge.processing.limiting.curves import Curve
from bridge.processing.limiting.engine import MARGIN_DB
from bridge.processing.limiting.finish_limiter import FinishLimiter
from bridge.processing.limiting.gain_curve import GainCurve, Shape
from bridge.processing.limiting.series import Series
from chains import Limiter
from stemwright.decibels import linear

DRIVE_RANGE_DB = (-40.0, 40.0)

_PART = 1 << 17  # as much of a series is in memory at once
_TENTHS_A_BLOCK = 4  # a gating block is 400 ms, taken every 100 ms


class Prediction:
    """The loudness of one signal behind one limiter, by drive; what was asked once is kept.

    It runs the gain curve over the pooled envelope and gates the K-weighted energies it leaves
    (BS.1770). The K-weighting comes before the gain there, and behind it in the file: its high-pass
    makes less of a bass whose gain moves fast, and reads up to 0.2 LU less than predicted where the
    limiter works hard. The raised peaks of the limiter's 16x readings are not in it either.
    """

    def __init__(self, analysis: Analysis, ceiling_dbtp: float, settings: Limiter) -> None:
        pooled, rate = analysis.pooled, analysis.sample_rate_hz
        self._analysis = analysis
        self._ceiling_dbtp = ceiling_dbtp
        self._settings = settings
        self._peaks = _pooled_peaks(analysis)
        self._energies = analysis.energies
        self._shape = Shape.of(settings.lookahead_ms, settings.release_ms, rate, pooled)
        self._ceiling = linear(ceiling_dbtp - MARGIN_DB)
        self._tenth_frames = rate / 10
        tenths = int(analysis.frames / self._tenth_frames)
        self._edges = np.rint(np.arange(tenths + 1) * (self._tenth_frames / pooled)).astype(int)
        self._untouched_lufs: float | None = None
        self._known: dict[float, float] = {}

    @property
    def frames(self) -> int:
        """Length of the signal."""
        return self._analysis.frames

    @property
    def sample_rate_hz(self) -> int:
        """Of the signal."""
        return self._analysis.sample_rate_hz

    def of_another(self, signal: Iterable[Block]) -> Prediction:
        """Return the same for another stereo signal of the same sample rate."""
        analyser = Analyser(self.sample_rate_hz, folder=self._analysis.envelope.folder)
        for block in signal:
            analyser.add(block)
        return Prediction(analyser.result(), self._ceiling_dbtp, self._settings)

    def untouched_lufs(self) -> float:
        """Return the loudness of the signal as it came, -inf when no drive makes it audible."""
        if self._untouched_lufs is None:
            self._untouched_lufs = self._untouched()
        return self._untouched_lufs

    def at(self, drive_db: float) -> float:
        """Return the loudness in LUFS with `drive_db` before the limiter."""
        if drive_db not in self._known:
            self._known[drive_db] = self._gated(self._limited(linear(drive_db)))
        return self._known[drive_db]

    def lost_lu(self, drive_db: float) -> float:
        """Return how much of `drive_db` the limiter takes away again."""
        return self.untouched_lufs() + drive_db - self.at(drive_db)

    def error_lu(self, drive_db: float, signal: Iterable[Block]) -> float:
        """Return how much louder than predicted the limiter really leaves the analysed `signal`.

        It costs what a take costs, without the writing.
        """
        limiter = FinishLimiter(self._analysis, drive_db, self._ceiling_dbtp, self._settings)
        return self._gated(_energies_left(limiter, signal, self.sample_rate_hz)) - self.at(drive_db)

    def _untouched(self) -> float:
        loudness_lufs = self._gated(_wide(self._energies))
        if loudness_lufs > -math.inf:
            return loudness_lufs
        highest_db = DRIVE_RANGE_DB[1]
        factor = linear(2.0 * highest_db)
        return self._gated(part * factor for part in _wide(self._energies)) - highest_db

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


def _energies_left(
    limiter: FinishLimiter, signal: Iterable[Block], sample_rate_hz: int
) -> Iterator[Curve]:
    energies = PooledEnergies(sample_rate_hz, channels=2)
    for block in signal:
        yield energies.add(limiter.process(block)).astype(np.float64)
    yield energies.add(limiter.finish()).astype(np.float64)
    yield energies.rest().astype(np.float64)


def _pooled_peaks(analysis: Analysis) -> Series:
    """The highest peak of every `pooled` frames."""
    found, pooled = Series(analysis.envelope.folder), analysis.pooled
    for part in analysis.envelope.parts(_PART * pooled):
        found.append(np.pad(part, (0, -len(part) % pooled)).reshape(-1, pooled).max(axis=1))
    return found


def _wide(series: Series) -> Iterator[Curve]:
    return (part.astype(np.float64) for part in series.parts(_PART))
