"""Parallel processing: a processor's output mixed with its own input."""

from __future__ import annotations

import numpy as np

from bridge.audio.framing import Block
from bridge.processing.port import Processor


class Mixed:
    """(1 - mix)*dry + mix*wet, the dry side waiting until the wet frames come.

    `mix` 1 is the processor alone and 0 its input, bit for bit.
    """

    def __init__(self, processor: Processor, mix: float) -> None:
        if not 0.0 <= mix <= 1.0:
            raise ValueError(f"a mix of {mix} is outside 0..1")
        self._processor = processor
        self._mix = mix
        self._dry = np.zeros((2, 0))

    def process(self, block: Block) -> Block:
        """Return the mixed frames the processor has ready."""
        if self._mix == 1.0:
            return self._processor.process(block)
        held = self._dry.shape[1]
        self._dry = np.concatenate((self._dry, block), axis=1) if held else block
        return self._blend(self._processor.process(block))

    def finish(self) -> Block:
        """Return the mixed frames still held."""
        rest = self._processor.finish()
        return rest if self._mix == 1.0 else self._blend(rest)

    def _blend(self, wet: Block) -> Block:
        frames = wet.shape[1]
        dry, self._dry = self._dry[:, :frames], self._dry[:, frames:]
        return dry if self._mix == 0.0 else (1.0 - self._mix) * dry + self._mix * wet
