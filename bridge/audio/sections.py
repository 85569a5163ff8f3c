"""Second-order sections over blocks: in C, or by scipy with the same bits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.audio.blocks import Block
from bridge.native import Lasting, library, rows


class SectionsRun:
    """(count, 6) sections, b0 b1 b2 1 a1 a2 each, and the state of a stream through them.

    On Apple's processors scipy's may round a product and a sum at once; the kernels never do.
    """

    def __init__(self, sections: npt.NDArray[np.float64], channels: int) -> None:
        self.count = len(sections)
        self._sections = Lasting(np.ascontiguousarray(sections))
        self._state = Lasting(np.zeros((len(sections), channels, 2)))

    @property
    def state(self) -> npt.NDArray[np.float64]:
        """(count, channels, 2), as the next block needs it; to be changed in place."""
        return self._state.array

    def run(self, block: Block) -> Block:
        """Return the next (channels, frames) filtered."""
        channels, frames = block.shape
        if (compiled := library()) is None:
            from scipy.signal import sosfilt

            filtered, self.state[...] = sosfilt(self._sections.array, block, axis=1, zi=self.state)
            done: Block = filtered
            return done
        out = np.empty((channels, frames))
        fed, stride = rows(block)
        compiled.sosfilt(
            fed, stride, out, frames, channels, frames, self._sections, self.count, self._state
        )
        return out
