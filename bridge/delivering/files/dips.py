"""Short dips of a level, where an encoder would lift a peak over what it may have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bridge.audio import Block
from bridge.delivering.files.edits import eased
from bridge.processing import gain_of

HELD_S = 0.005
"""A dip is at its deepest so long to both sides of its frame, where nothing longer is needed."""
_FADE_S = 0.015


@dataclass(frozen=True)
class Dip:
    """How far the level goes down around a frame, in dB, negative; `held_s` to both sides of it."""

    frame: int
    gain_db: float
    held_s: float = HELD_S

    @property
    def seconds(self) -> float:
        """How long it is, with its fades."""
        return 2.0 * (self.held_s + _FADE_S)


def dipped(blocks: Iterable[Block], dips: Sequence[Dip], rate_hz: int) -> Iterator[Block]:
    """Yield a stream under its dips; where some meet, the deepest holds.

    However the stream is cut, the bits are the same.
    """
    fade, at = round(_FADE_S * rate_hz), 0
    for block in blocks:
        stop = at + block.shape[1]
        gain = np.ones(block.shape[1])
        for dip in dips:
            held = round(dip.held_s * rate_hz)
            first = max(at, dip.frame - held - fade)
            last = min(stop, dip.frame + held + fade + 1)
            if first < last:
                away = np.abs(np.arange(first, last) - dip.frame)
                depth = eased(np.clip((held + fade - away) / fade, 0.0, 1.0))
                here = slice(first - at, last - at)
                gain[here] = np.minimum(gain[here], 1.0 - (1.0 - gain_of(dip.gain_db)) * depth)
        yield block * gain if dips else block
        at = stop
