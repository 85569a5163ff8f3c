"""Processing one side of a stereo signal: mid, side, left or right.

The side's change is what is added to left and right, so a processor that changes nothing leaves
every bit, and what is not processed stays as it was to the last rounding.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from bridge.audio.framing import Block
from bridge.processing.decibels import Array
from bridge.processing.port import Processor

OneSide = Literal["mid", "side", "left", "right"]


def split(block: Block, on: OneSide) -> Block:
    """Return the wanted side of (2, frames) in both channels, as any stereo processor takes it.

    Mid is (L + R) / 2, side (L - R) / 2.
    """
    one = _one(block, on)
    return np.stack([one, one])


def join(block: Block, wet: Block, on: OneSide) -> Block:
    """Return `block` with its side `on` replaced by the mean of the channels of (2, frames) `wet`.

    `block` is the same frames before `split`.
    """
    new = (wet[0] + wet[1]) * 0.5
    if on == "left":
        return np.stack([new, block[1]])
    if on == "right":
        return np.stack([block[0], new])
    old = _one(block, on)
    # x - (+0.0) is x for both zeros, x + (+0.0) is not.
    right_loss = old - new if on == "mid" else new - old
    return np.stack([block[0] - (old - new), block[1] - right_loss])


class Sided:
    """A processor on one side of the signal, at zero latency as the processor is."""

    def __init__(self, processor: Processor, on: OneSide) -> None:
        self._processor = processor
        self._on: OneSide = on
        self._dry: Block = np.zeros((2, 0))

    def process(self, block: Block) -> Block:
        """Return the frames the processor has ready, back in stereo."""
        held = self._dry.shape[1]
        self._dry = np.concatenate((self._dry, block), axis=1) if held else block
        return self._joined(self._processor.process(split(block, self._on)))

    def finish(self) -> Block:
        """Return the frames still held."""
        return self._joined(self._processor.finish())

    def _joined(self, wet: Block) -> Block:
        frames = wet.shape[1]
        dry, self._dry = self._dry[:, :frames], self._dry[:, frames:].copy()
        return join(dry, wet, self._on)


def _one(block: Block, on: OneSide) -> Array:
    left: Array = block[0]
    right: Array = block[1]
    match on:
        case "mid":
            return (left + right) * 0.5
        case "side":
            return (left - right) * 0.5
        case "left":
            return left
        case "right":
            return right
