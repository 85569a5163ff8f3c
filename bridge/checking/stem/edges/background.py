"""What sounds all through a stem under what is played: hum and noise, which no edge cuts."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.checking.port import Passage

_PIECE_S = 0.05
_QUIET, _LOUD = 0.1, 0.95
"""Of the pieces: the quietest tenth is the background, where the loud ones stand out of it."""
_UNDER = 0.1
_REACH = 2.0
"""An edge as loud as this of the background is of it."""


class Background:
    """RMS of every piece of a stem, which comes passage by passage."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._piece = round(_PIECE_S * sample_rate_hz)
        self._levels: list[Block] = []

    def add(self, passage: Passage) -> None:
        """Take the whole pieces of the core, each about its middle."""
        core = passage.core
        whole = core.shape[1] // self._piece * self._piece
        pieces = core[:, :whole].reshape(len(core), -1, self._piece)
        self._levels.append(np.sqrt(pieces.var(axis=2).mean(axis=0)))

    def holds(self, level: float) -> bool:
        """Whether a sound of this RMS is no more than what goes on under all that is played."""
        levels = np.concatenate(self._levels) if self._levels else np.zeros(0)
        if not len(levels):
            return False
        quiet, loud = np.quantile(levels, (_QUIET, _LOUD))
        return bool(quiet < _UNDER * loud and level < _REACH * quiet)
