"""The last limiter: it has the envelope of the whole signal, and a drive before it."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.processing.limiting.analysis import Analysis
from bridge.processing.limiting.curves import Curve
from bridge.processing.limiting.engine import MARGIN_DB, Engine
from bridge.processing.limiting.gain_curve import Shape
from bridge.processing.limiting.library_guard import LibraryGuard
from bridge.processing.reduction import Reductions
from chains import Limiter
from stemwright.decibels import linear


class FinishLimiter:
    """Streams drive * gain * samples, reusing the envelope of the analysis; frame n stays frame n.

    `gain` belongs to the frames returned last: multiplying the driven samples of any other version
    by it replays the limiter, `(samples * drive) * gain`, to the bit.
    """

    def __init__(
        self, analysis: Analysis, drive_db: float, ceiling_dbtp: float, settings: Limiter
    ) -> None:
        shape = Shape.of(settings.lookahead_ms, settings.release_ms, analysis.sample_rate_hz)
        guard = LibraryGuard(analysis.sample_rate_hz, linear(ceiling_dbtp))
        self._engine = Engine(shape, linear(ceiling_dbtp - MARGIN_DB), channels=2, guard=guard)
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
