"""The port every built-in processor implements."""

from __future__ import annotations

from typing import Protocol

from bridge.audio import Block


class Processor(Protocol):
    """A streaming processor at zero latency: frame n out belongs to frame n in.

    `process` may hold frames back (look-ahead) and return fewer than it was given, (2, 0) included;
    `finish` returns the frames still held. In total exactly as many frames leave as entered.
    However the input is cut into blocks, the output is the same to the bit.
    """

    def process(self, block: Block) -> Block:
        """Take a (2, frames) float64 block; return the (2, frames) that are ready."""
        ...

    def finish(self) -> Block:
        """Return what is still held."""
        ...
