"""The reverb: pedalboard's (JUCE's Freeverb, float32) behind a pre-delay and a high-pass."""

from __future__ import annotations

import numpy as np
import pedalboard

from bridge.audio import Block
from bridge.processing.filter_designs import passing
from bridge.processing.filters import SosFilter
from chains import Reverb

_PIECE_FRAMES = 8192
_UNITY_WET = 1 / 3
"""JUCE multiplies its wet level by 3."""


class ReverbProcessor:
    """The room alone, without the dry sound, however long it rings within the stream.

    Measured at 48 kHz with damping 0.5: RT60 is 0.5, 0.7, 1.1, 2.0 and 9.6 s at size 0, 0.25, 0.5,
    0.75 and 1 (the slope from -5 to -35 dB; damping 0 lengthens it by a fifth, 1 shortens it by
    a twentieth), the first sound comes 25 ms after the pre-delay, and the room of a noise is 7 dB
    under it at size 0.5. Left and right are fed with their sum; `width` 0 returns a mono room.
    """

    def __init__(self, settings: Reverb, sample_rate_hz: int) -> None:
        self._rate_hz = sample_rate_hz
        sections = np.zeros((0, 6))
        if settings.low_cut_hz:
            sections = passing("high_pass", settings.low_cut_hz, 2, sample_rate_hz)
        self._low_cut = SosFilter(sections, channels=2)
        self._waiting = np.zeros((2, round(settings.predelay_ms * sample_rate_hz / 1000)))
        self._room = pedalboard.Reverb(
            room_size=settings.size,
            damping=settings.damping,
            wet_level=_UNITY_WET,
            dry_level=0.0,
            width=settings.width,
            freeze_mode=0.0,
        )
        # A longer piece than any before would make it start anew: the first is the longest.
        self._room_of(np.zeros((2, _PIECE_FRAMES)))

    def process(self, block: Block) -> Block:
        """Return the room's answer, (2, frames) as the block."""
        delayed = np.concatenate([self._waiting, self._low_cut.process(block)], axis=1)
        out = np.empty_like(block)
        for start in range(0, block.shape[1], _PIECE_FRAMES):
            piece = slice(start, min(start + _PIECE_FRAMES, block.shape[1]))
            out[:, piece] = self._room_of(delayed[:, piece])
        self._waiting = delayed[:, block.shape[1] :].copy()
        return out

    def finish(self) -> Block:
        """Nothing is ever held; the decay beyond the end is the caller's padding."""
        return np.zeros((2, 0))

    def _room_of(self, piece: Block) -> Block:
        samples = np.ascontiguousarray(piece, dtype=np.float32)
        return self._room.process(samples, self._rate_hz, reset=False).astype(np.float64)
