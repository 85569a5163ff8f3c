"""The `limiter` insert: stereo-linked, look-ahead, true-peak."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block, FramePeaks
from bridge.processing.limiting.curves import Curve
from bridge.processing.limiting.engine import MARGIN_DB, Engine
from bridge.processing.limiting.gain_curve import Shape
from bridge.processing.limiting.queue import Queue
from bridge.processing.reduction import Reductions
from chains import Limiter
from stemwright.decibels import amplitude_db, linear

DEFAULT_CEILING_DBTP = -1.0


class LimiterProcessor:
    """Holds the true peak of both channels at or under the ceiling with one common gain.

    Frame n out is frame n in; the look-ahead is held inside. A signal that stays 0.05 dB under the
    ceiling leaves as it came, bit for bit. A key takes the signal's place in all but the product:
    the ceiling is then the key's.
    """

    def __init__(self, settings: Limiter, sample_rate_hz: int) -> None:
        ceiling_dbtp = settings.ceiling_dbtp
        if ceiling_dbtp is None:
            ceiling_dbtp = DEFAULT_CEILING_DBTP
        shape = Shape.of(settings.lookahead_ms, settings.release_ms, sample_rate_hz)
        self._engine = Engine(shape, linear(ceiling_dbtp - MARGIN_DB), channels=2)
        self._frame_peaks = FramePeaks(channels=2)
        self._waiting: Block = np.zeros((2, 0))
        self._led: Queue | None = None
        self._lowest_gain = 1.0
        self._reductions = Reductions(sample_rate_hz)

    @property
    def lowest_gain_db(self) -> float:
        """The deepest reduction so far: 0.0 while idle, else negative."""
        return amplitude_db(self._lowest_gain)

    @property
    def gain_curve_db(self) -> tuple[float, ...]:
        """The deepest reduction in every 100 ms so far, 0.0 or less."""
        return self._reductions.curve_db

    def process(self, block: Block, key: Block | None = None) -> Block:
        """Take a (2, frames) float64 block; return the (2, frames) ready, with the key's gains."""
        if key is not None:
            if self._led is None:
                self._led = Queue(np.zeros((2, 0)))
            self._led.append(block)
        heard = block if key is None else key
        return self._limited(heard, self._frame_peaks.add(heard))

    def finish(self) -> Block:
        """Return what is still held."""
        ready = self._limited(self._waiting[:, :0], self._frame_peaks.rest())
        return np.concatenate([ready, self._noted(*self._engine.rest())], axis=1)

    def _limited(self, block: Block, peaks: Curve) -> Block:
        waiting = np.concatenate([self._waiting, block], axis=1)
        self._waiting = waiting[:, len(peaks) :]
        return self._noted(*self._engine.add(waiting[:, : len(peaks)], peaks))

    def _noted(self, limited: Block, gain: Curve) -> Block:
        self._lowest_gain = min(self._lowest_gain, float(gain.min(initial=1.0)))
        self._reductions.note_gains(gain)
        return limited if self._led is None else self._led.take(len(gain)) * gain
