"""Second-order sections over blocks: in C, or by scipy with the same bits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.audio.blocks import Block
from bridge.native import Lasting, library, rows

_MOST_BESIDE = 3
"""Sections of each of two filters, as the kernel takes them."""


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

    def run_beside(self, block: Block, other: SectionsRun, beside: Block) -> tuple[Block, Block]:
        """Return what `run` gives for `block`, and what `other` gives for `beside`.

        In one loop where both are stereo, as long, and of few sections: a section waits for its own
        sample before, and most of the time of a filter is that wait.
        """
        if self.count < other.count:
            second, first = other.run_beside(beside, self, block)
            return first, second
        compiled = library()
        both = 1 <= self.count <= _MOST_BESIDE and 1 <= other.count <= _MOST_BESIDE
        if compiled is None or not both or block.shape != beside.shape or len(block) != 2:
            return self.run(block), other.run(beside)
        out, besides_out = np.empty(block.shape), np.empty(block.shape)
        compiled.sosfilt_beside(
            *rows(block),
            out,
            self._sections,
            self.count,
            self._state,
            *rows(beside),
            besides_out,
            other._sections,
            other.count,
            other._state,
            block.shape[1],
        )
        return out, besides_out
