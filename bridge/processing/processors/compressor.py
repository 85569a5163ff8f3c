"""The stereo-linked compressor.

The detector reads peaks, so a sine is compressed by what its peak level asks for. A library's
envelope does not: pedalboard's (JUCE ballistics, float32) reads a 1 kHz sine 0.4 to 1.7 dB under
its peak, by how attack and release are set.
"""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.processing.filter_designs import passing
from bridge.processing.filters import SosFilter
from bridge.processing.gain_computer import GainComputer
from chains import Compressor


class CompressorProcessor:
    """Compresses left and right by one gain: detector max(|L|, |R|) behind a high-pass.

    Times are time constants. After a step up, the reduction in dB reaches 1 - 1/e of its value
    within `attack_ms`; after a step down it falls by 1/e in every `release_ms`, once the attack's
    own smoothing is past. Below the knee, and with ratio 1, samples pass bit for bit. A key takes
    the signal's place at the detector, so a silent one changes nothing.
    """

    def __init__(self, settings: Compressor, sample_rate_hz: int) -> None:
        self._computer = GainComputer(settings, sample_rate_hz)
        sections = np.zeros((0, 6))
        if settings.sidechain_hz:
            sections = passing("high_pass", settings.sidechain_hz, 2, sample_rate_hz)
        self._sidechain = SosFilter(sections, channels=2)

    @property
    def lowest_gain_db(self) -> float:
        """The deepest reduction so far, without make-up: 0.0 or less."""
        return self._computer.reductions.lowest_gain_db

    @property
    def gain_curve_db(self) -> tuple[float, ...]:
        """The deepest reduction in every 100 ms so far, 0.0 or less."""
        return self._computer.reductions.curve_db

    def process(self, block: Block, key: Block | None = None) -> Block:
        """Return the compressed block; the detector hears `key` when there is one."""
        if self._computer.is_flat:
            makeup = self._computer.makeup
            return block if makeup == 1.0 else block * makeup
        heard = self._sidechain.process(block if key is None else key)
        return self._computer.compressed(block, heard)

    def finish(self) -> Block:
        """Nothing is ever held."""
        return np.zeros((2, 0))
