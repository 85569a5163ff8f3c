"""Stereo width by mid and side."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.processing.filter_designs import linkwitz_riley
from bridge.processing.filters import SosFilter
from chains import Width


class WidthProcessor:
    """Scales the side signal, behind a Linkwitz-Riley high-pass where bass is to be mono.

    The mid signal, hence the mono sum, is untouched. That high-pass turns the side's phase around
    its corner (87 degrees an octave above it); width 1 without it is the identity bit for bit.
    """

    def __init__(self, settings: Width, sample_rate_hz: int) -> None:
        self._width = settings.width
        self._is_idle = settings.width == 1.0 and settings.mono_below_hz == 0.0
        sections = np.zeros((0, 6))
        if settings.mono_below_hz:
            sections = linkwitz_riley("high_pass", settings.mono_below_hz, sample_rate_hz)
        self._high = SosFilter(sections, channels=1)

    def process(self, block: Block) -> Block:
        """Return the block with its side signal scaled."""
        if self._is_idle:
            return block
        mid = (block[0] + block[1]) * 0.5
        side = self._high.process((block[0] - block[1])[np.newaxis] * 0.5)[0] * self._width
        return np.stack([mid + side, mid - side])

    def finish(self) -> Block:
        """Nothing is ever held."""
        return np.zeros((2, 0))
