"""Sketches: a few hundred numbers a signal, of which those of a sum are the sum of those.

A count sketch (Charikar, Chen, Farach-Colton 2002) of sums over short windows under random signs:
linear, taken while a file is read anyway, and true to lengths and angles within a few percent.
"""

from __future__ import annotations

import numpy as np

from bridge.audio.framing import Block, Framer

SIZE = 512
"""Numbers in the sketch of one channel."""
_WINDOW_FRAMES = 64
_MOST_CHANNELS = 2
# Windows meet in a bucket every 512, each time under another sign: the table's length is prime.
_DICE = np.random.Generator(np.random.PCG64(1))
_SIGNS = _DICE.choice([-1.0, 1.0], _WINDOW_FRAMES)
_WINDOW_SIGNS = _DICE.choice([-1.0, 1.0], 65537)

Sketch = tuple[float, ...]
"""(SIZE,) of one channel."""


class Sketches:
    """The sketch of every channel of a stream that begins at frame `start` of the song."""

    def __init__(self, channels: int, start: int = 0) -> None:
        self._sums = np.zeros((channels, SIZE))
        self._framer = Framer(channels, _WINDOW_FRAMES)
        self._window, before = divmod(start, _WINDOW_FRAMES)
        if before:
            self._framer.add(np.zeros((channels, before)))

    def add(self, block: Block) -> None:
        """Take (channels, frames); more than two channels are not sketched."""
        if len(block) <= _MOST_CHANNELS:
            self._take(self._framer.add(block))

    def result(self) -> tuple[Sketch, ...]:
        """Return the sketch of each channel; none of signals that are not finite."""
        rest = self._framer.rest()
        if rest.shape[1]:
            self._take(np.pad(rest, ((0, 0), (0, _WINDOW_FRAMES - rest.shape[1]))))
        if len(self._sums) > _MOST_CHANNELS or not np.isfinite(self._sums).all():
            return ()
        return tuple(tuple(float(f"{each:.8g}") for each in row) for row in self._sums)

    def _take(self, whole: Block) -> None:
        count = whole.shape[1] // _WINDOW_FRAMES
        if not count:
            return
        windows = self._window + np.arange(count)
        with np.errstate(invalid="ignore", over="ignore"):
            sums = (whole.reshape(len(whole), count, _WINDOW_FRAMES) * _SIGNS).sum(axis=2)
            sums *= _WINDOW_SIGNS[windows % len(_WINDOW_SIGNS)]
            for row, values in zip(self._sums, sums, strict=True):
                row += np.bincount(windows % SIZE, weights=values, minlength=SIZE)
        self._window += count
