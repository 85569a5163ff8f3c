"""`channel_polarity`: one side is the other upside down, in the bands where they share sound.

Also above the low end, which alone may be out of phase: turning a side over would turn the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.audio import Block
from bridge.checking.findings import Found
from bridge.checking.stem.stereo.both_sides import BothSides

_OPPOSED = -0.35
_LOW_BANDS = 4
"""Below 400 Hz: what most stereo stems have in the middle."""
_LOW_SHARE = 0.01
_LOW_OPPOSED = -0.5
_NOTHING_LEFT = -0.9999
_ABOVE_LOWS = 3
"""The first band from 200 Hz on."""
_UPPER_SHARE, _UPPER_TRACE = 1e-3, 1e-6
"""Of the whole: from here on they have to be upside down too, or at least must not be upright."""
_UPRIGHT = 0.35


class ChannelPolarity(BothSides):
    """The correlation of the sides by band, over the whole stem."""

    codes: ClassVar[tuple[str, ...]] = ("channel_polarity",)
    quick: ClassVar[bool] = False

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        powers = self._powers
        own = np.sqrt(powers.left * powers.right)
        if not self._is_stereo or own.sum() <= 0.0:
            return
        whole = float(powers.common.sum() / np.sqrt(powers.left.sum() * powers.right.sum()))
        low_own = float(own[:_LOW_BANDS].sum())
        low = float(powers.common[:_LOW_BANDS].sum()) / low_own if low_own else 0.0
        has_low = low_own > _LOW_SHARE * float(own.sum())
        if not self._above_the_lows(own):
            return
        if whole < _OPPOSED and (not has_low or low < _LOW_OPPOSED):
            said = "one side is the other upside down"
            if whole < _NOTHING_LEFT:
                said += ", and nothing is left in mono"
            words = f"{said}: correlation {whole:+.2f}"
            yield Found("channel_polarity", "major", 0, self._frames, whole, words)

    def _above_the_lows(self, own: Block) -> bool:
        """Whether nothing above the low end speaks against it."""
        upper, whole = float(own[_ABOVE_LOWS:].sum()), float(own.sum())
        if upper < _UPPER_TRACE * whole:
            return True
        alike = float(self._powers.common[_ABOVE_LOWS:].sum()) / upper
        return alike < (_OPPOSED if upper >= _UPPER_SHARE * whole else _UPRIGHT)
