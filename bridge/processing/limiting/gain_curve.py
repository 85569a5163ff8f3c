"""From peaks to the smooth gain that holds a ceiling, in any chunks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bridge.native import Library, library
from bridge.processing.limiting.curves import Curve, lowest
from bridge.processing.limiting.queue import Queue
from bridge.processing.limiting.sustained import ALONE, INAUDIBLE, Pace, Sustained
from stemwright.exact import exp

_GUARD_FRAMES = 2
_HOP_FRAMES = 2048
_MOST_FALLEN = 500  # e to the minus this is still a double of full precision


@dataclass(frozen=True)
class Shape:
    """The gain curve in frames: two averages of `window_frames` each, worked `hop_frames` at once.

    `guard_frames` on either side of a peak already have its gain, since what is read between two
    frames mixes their neighbours. A reduction that is asked for again and again is followed in
    blocks of a window.
    """

    window_frames: int
    hop_frames: int
    release_frames: float
    guard_frames: int
    pace: Pace

    @property
    def margin_frames(self) -> int:
        """Frames that must be known before and after one to give its gain, together."""
        return 2 * self.guard_frames + 2 * self.window_frames - 2

    @staticmethod
    def of(lookahead_ms: float, release_ms: float, sample_rate_hz: int, pooled: int = 1) -> Shape:
        """Return the shape for an envelope that holds one peak of every `pooled` frames."""
        frames_per_ms = sample_rate_hz / pooled / 1000.0
        guard = _GUARD_FRAMES if pooled == 1 else 0
        window = max(1, (round(lookahead_ms * frames_per_ms) - guard + 2) // 2)
        release = release_ms * ALONE * frames_per_ms
        hop = window * max(1, min(_HOP_FRAMES, int(release * _MOST_FALLEN)) // window)
        return Shape(window, hop, release, guard, Pace.of(release_ms, window / frames_per_ms))


class GainCurve:
    """Streams a peak envelope (silence before and after) to the gain that holds a ceiling.

    The gain needed is min(1, ceiling / peak). Its minimum over the look-ahead is held, the
    reduction 1 - gain then falls exponentially with time constant `release_frames`, though not
    under what Sustained keeps, and two moving averages that end where the peak is make it smooth.
    Where nothing asks for a reduction the gain is exactly 1. Every operation is elementwise or runs
    over an absolute grid, so the cut of the input changes no bit.
    """

    def __init__(self, shape: Shape, ceiling: float) -> None:
        self._shape = shape
        self._ceiling = ceiling
        # Begun earlier than the stream, so that its first frames can be prepared for as well.
        self._early_frames = 2 * shape.window_frames
        self._needed = Queue(np.ones(self._early_frames + shape.guard_frames))
        self._sustained = Sustained(shape.pace)
        self._reduction = 0.0
        self._tails = np.zeros((2, shape.window_frames))
        per_frame = exp(-1.0, shape.release_frames)
        self._fall: Curve = np.multiply.accumulate(np.full(shape.hop_frames, per_frame))

    def add(self, peaks: Curve) -> Curve:
        """Take the next (frames,) linear peaks; return the gains that became known."""
        self._need(peaks)
        hops = (len(self._needed) - self._shape.margin_frames) // self._shape.hop_frames
        if hops < 1:
            return np.empty(0)
        frames = hops * self._shape.hop_frames
        gain = self._gains(self._needed.first(frames + self._shape.margin_frames), hops)
        self._needed.take(frames)
        early = min(self._early_frames, len(gain))
        self._early_frames -= early
        return gain[early:]

    def rest(self, frames: int) -> Curve:
        """Return the last `frames` gains, those still owed."""
        return self.add(np.zeros(frames + self._shape.hop_frames + self._shape.margin_frames))[
            :frames
        ]

    def _need(self, peaks: Curve) -> None:
        needed = self._needed.room(len(peaks))
        if (compiled := library()) is not None:
            compiled.needed_gains(peaks, needed, len(peaks), self._ceiling)
        else:
            np.divide(self._ceiling, np.fmax(peaks, self._ceiling), out=needed)

    def _gains(self, needed: Curve, hops: int) -> Curve:
        shape = self._shape
        if (compiled := library()) is not None:
            return self._compiled_gains(compiled, needed, hops)
        blocks = lowest(needed, shape.margin_frames + 1).reshape(-1, shape.window_frames)
        held, slow = self._sustained.add(blocks.min(axis=1))
        wanted = 1.0 - np.minimum(blocks, held[:, None])
        released = self._released(wanted.reshape(hops, -1)).reshape(blocks.shape)
        reduction = np.maximum(released, slow[:, None]).reshape(-1)
        for tail in self._tails:
            reduction = self._averaged(reduction, tail)
        return 1.0 - reduction

    def _compiled_gains(self, compiled: Library, needed: Curve, hops: int) -> Curve:
        shape, pace = self._shape, self._shape.pace
        hop, margin, window = shape.hop_frames, shape.margin_frames, shape.window_frames
        blocks = pace.past_blocks + hop // window
        gain, scratch = np.empty(hops * hop), np.empty(max(hop + margin, 2 * hop, 6 * blocks))
        self._reduction = compiled.gain_curve(
            needed,
            gain,
            hops,
            hop,
            window,
            margin,
            self._fall,
            self._reduction,
            pace.held_blocks,
            pace.lasting_blocks,
            pace.share_kept,
            pace.slow_kept,
            self._sustained.past,
            self._sustained.shares,
            self._tails,
            scratch,
        )
        return gain

    def _released(self, wanted: Curve) -> Curve:
        # max(wanted[n], fall * released[n - 1]) is a running maximum of wanted / fall**n, one hop a
        # row, so that the power stays small.
        released = np.maximum.accumulate(wanted / self._fall, axis=1) * self._fall
        for row in released:
            np.maximum(row, self._reduction * self._fall, out=row)
            last = float(row[-1])
            self._reduction = last if last > INAUDIBLE else 0.0
        flat: Curve = released.reshape(-1)
        return flat

    def _averaged(self, values: Curve, tail: Curve) -> Curve:
        # A window's sum is the end of one grid row and the start of the next. A running sum would
        # keep a residue, and silence would not come back to a gain of exactly 1.
        rows = values.reshape(-1, self._shape.window_frames)
        starts = np.cumsum(rows, axis=1)
        ends = np.cumsum(rows[:, ::-1], axis=1)[:, ::-1]
        before = np.concatenate([tail[None], ends[:-1]])
        tail[:] = ends[-1]
        starts[:, :-1] += before[:, 1:]
        averaged: Curve = starts.reshape(-1) / self._shape.window_frames
        return averaged
