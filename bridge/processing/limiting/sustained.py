"""What the release of a limiter keeps where the programme asks for a reduction again and again."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bridge.processing.limiting.curves import Curve, lowest
from stemwright.exact import exp

INAUDIBLE = 2.0**-60
"""A reduction this small leaves the gain at exactly 1."""

ALONE = 0.3
"""The time constant after a peak that stands alone, of the release that was set."""

_HELD, _MOST_HELD_MS = 0.18, 18.0
_REMEMBERED = 3.0
_LEAST_HELD, _MOST_SLOW = 0.2, 0.8  # 14 dB: what is limited by more is to be loud


@dataclass(frozen=True)
class Pace:
    """The times of what is sustained, in blocks of the gain curve's window; the rest is a block's.

    `held_blocks` bridge most of a wave of a bass, or two half waves down to 28 Hz. What outlasts
    `lasting_blocks`, the release, is held as it is. `share_kept` forgets what was asked for lately,
    and `slow_kept` is the release.
    """

    held_blocks: int
    lasting_blocks: int
    share_kept: float
    slow_kept: float

    @property
    def past_blocks(self) -> int:
        """How many blocks before one have a part in what is kept for it, the shares aside."""
        return self.held_blocks + self.lasting_blocks - 1

    @staticmethod
    def of(release_ms: float, block_ms: float) -> Pace:
        """Return the pace of a limiter whose release is set to `release_ms`."""
        held = max(1, math.ceil(min(_HELD * release_ms, _MOST_HELD_MS) / block_ms))
        lasting = max(1, round(release_ms / block_ms))
        share_kept = exp(-block_ms, _REMEMBERED * release_ms)
        return Pace(held, lasting, share_kept, exp(-block_ms, release_ms))


class Sustained:
    """Streams the lowest gain that each block asks for to what is kept for the next.

    Two things are kept. The reduction that no `held_blocks` of the last `lasting_blocks` went
    without is held as it is, so that a bass does not move the gain within its own wave. And the
    slow release counts by the share of it that was asked for lately, its mean over its peak: next
    to nothing after a single hit, all of it in a dense passage.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.past: Curve = np.ones(pace.past_blocks)
        """The lowest gains of the blocks before, for the compiled twin too."""
        self.shares: Curve = np.zeros(3)
        """Mean, peak and slow release so far, for the compiled twin too."""

    def add(self, asked: Curve) -> tuple[Curve, Curve]:
        """Take the lowest gains of the next (blocks,); return two (blocks,).

        They are the gains that are held as they are, and the reductions that the slow release
        still has, by the blocks before each.
        """
        gains = np.concatenate([self.past, asked])
        self.past = gains[len(asked) :]
        held = lowest(gains[:-1], self._pace.held_blocks)
        lasting = -lowest(-held, self._pace.lasting_blocks)
        return np.maximum(lasting, _LEAST_HELD), self._slow(
            1.0 - held[self._pace.lasting_blocks - 1 :]
        )

    def _slow(self, reductions: Curve) -> Curve:
        mean, peak, slow = self.shares.tolist()
        share_kept, slow_kept = self._pace.share_kept, self._pace.slow_kept
        found = []
        for reduction in reductions.tolist():
            mean = mean * share_kept + reduction * (1.0 - share_kept)
            peak = max(reduction, peak * share_kept)
            slow = max(reduction, slow * slow_kept)
            if slow <= INAUDIBLE or peak <= INAUDIBLE:
                mean = peak = slow = 0.0
            found.append(min(_MOST_SLOW, slow * min(1.0, mean / peak)) if peak else 0.0)
        self.shares[:] = mean, peak, slow
        return np.array(found)
