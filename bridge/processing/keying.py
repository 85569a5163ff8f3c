"""Side-chain keys: a second stream that the detector hears, frame by frame beside the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from bridge.audio.framing import Block
from bridge.audio.sums import Cursor
from bridge.processing.port import KeyedProcessor
from bridge.processing.registry import run


class Keyed:
    """A keyed processor bound to its key stream, hence a plain Processor: mix it, side it, row it.

    Every processor's n-th frame in is the stream's n-th, however late it comes, so the key is read
    as fast as the signal arrives. After the key's end the detector hears silence; what the key has
    beyond the signal's end is never read.
    """

    def __init__(self, processor: KeyedProcessor, key_blocks: Iterable[Block]) -> None:
        self._processor = processor
        self._key = Cursor(key_blocks)

    @property
    def lowest_gain_db(self) -> float:
        """The deepest reduction so far: 0.0 or less."""
        return self._processor.lowest_gain_db

    @property
    def gain_curve_db(self) -> tuple[float, ...]:
        """The deepest reduction in every 100 ms so far, 0.0 or less."""
        return self._processor.gain_curve_db

    def process(self, block: Block) -> Block:
        """Return the frames that are ready, the detector having heard as many of the key."""
        frames = block.shape[1]
        key = np.concatenate([np.zeros((2, 0)), *self._key.take(frames)], axis=1)
        if key.shape[1] < frames:
            key = np.pad(key, ((0, 0), (0, frames - key.shape[1])))
        return self._processor.process(block, key)

    def finish(self) -> Block:
        """Return what is still held."""
        return self._processor.finish()


def run_keyed(
    processor: KeyedProcessor, blocks: Iterable[Block], key_blocks: Iterable[Block]
) -> Iterator[Block]:
    """Yield `blocks` through `processor` under the key, both cut in any way."""
    return run((Keyed(processor, key_blocks),), blocks)
