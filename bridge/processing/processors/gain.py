"""A static gain."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.processing.gain_series import gain_of
from chains import Gain


class GainProcessor:
    """Multiplies by `gain_db`; 0 dB is the identity, bit for bit."""

    def __init__(self, settings: Gain, sample_rate_hz: int) -> None:  # noqa: ARG002 - as all are made
        self._gain = gain_of(settings.gain_db)

    def process(self, block: Block) -> Block:
        """Return the block times the gain."""
        return block if self._gain == 1.0 else block * self._gain

    def finish(self) -> Block:
        """Nothing is ever held."""
        return np.zeros((2, 0))
