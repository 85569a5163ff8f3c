"""Local tops of a sound, and how unlikely it is that they are as flat, or as alike, by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bridge.audio import Block

LEAST_SAMPLES = 3
"""Of a plateau."""
LEAST_FLATNESS = 11.0
"""Nats: a chance of 1 in 60 000, and twice what the tops from half the level up have."""
_MOST = 200_000
_UPPER = 0.9
"""Of the level: lower tops from here on are held beside those at it."""
_ROUND = 1.05
"""Its slope over two samples, of that to the next: samples that are held twice have 1."""
_ALIKE_STEPS = 8
"""What is beside two tops that differ by less is the same waveform again."""
_FEWEST_OTHERS = 4
"""Lower tops from which on they say how often two samples of this sound are the same."""


@dataclass(frozen=True)
class Tops:
    """Local tops: frames, heights, the samples before and behind each (count, 2).

    `slopes` are what a top is entered and left by a sample, the smaller of both: of the next sample
    or, where the cut came just under that one, the next two.
    """

    starts: npt.NDArray[np.int64]
    stops: npt.NDArray[np.int64]
    heights: Block
    besides: Block
    slopes: Block

    @property
    def entered(self) -> Block:
        """(count,) the smaller of the steps up to each and down from it."""
        return np.asarray(self.heights - np.abs(self.besides).max(axis=1, initial=0.0))

    @property
    def is_plateau(self) -> npt.NDArray[np.bool_]:
        """(count,) whether it has three samples or more."""
        return np.asarray(self.stops - self.starts >= LEAST_SAMPLES)

    def of(self, some: npt.NDArray[np.bool_]) -> Tops:
        """Some of them."""
        return Tops(
            self.starts[some],
            self.stops[some],
            self.heights[some],
            self.besides[some],
            self.slopes[some],
        )

    def flatness(self, tolerance: float) -> float:
        """How unlikely it is that so many samples are flat, in nats: each of them by its slope.

        Of a sound without plateaus, the next sample lies anywhere within about its slope.
        """
        lengths = self.stops - self.starts
        odds = np.log(np.maximum(self.slopes / tolerance, 1.0))
        return float(((lengths - 1) * odds)[self.is_plateau].sum())

    def pairs_among(self, lower: Tops, level: float, step: float) -> tuple[int, float]:
        """How many of these tops have two samples or more that are the same, and expected ones.

        Each waveform counts once, and none whose samples come in pairs everywhere. Of a round top
        the next sample lies anywhere within a third of its slope.
        """
        round_tops = self.of(self.slopes > _ROUND * self.entered)
        beside = np.round(np.abs(round_tops.besides) / (_ALIKE_STEPS * step))
        _, first = np.unique(beside, axis=0, return_index=True)
        flat = (round_tops.stops - round_tops.starts)[first] > 1
        upper = lower.of(lower.heights > _UPPER * level)
        held = np.count_nonzero(upper.stops - upper.starts > 1)
        rate = float(held) / max(len(upper.starts), _FEWEST_OTHERS)
        by_chance = np.minimum(1.0, np.maximum(3.0 * step / round_tops.slopes[first], rate))
        return int(np.count_nonzero(flat)), float(by_chance.sum())


def surprise(count: int, expected: float) -> float:
    """How unlikely so many are or more, in nats, where so many are expected (Chernoff's bound)."""
    if count <= expected:
        return 0.0
    return count * float(np.log(count / expected)) - count + expected


class KeptTops:
    """The tops of one channel, sign and tolerance."""

    def __init__(self) -> None:
        self._pieces: list[Tops] = []
        self._count = 0

    def add(self, tops: Tops) -> None:
        """Take the next ones, up to so many."""
        if self._count < _MOST and len(tops.starts):
            self._pieces.append(tops)
            self._count += len(tops.starts)

    def all(self) -> Tops:
        """Those so far, by time."""
        if not self._pieces:
            none = np.zeros(0, np.int64)
            return Tops(none, none, np.zeros(0), np.zeros((0, 2)), np.zeros(0))
        return Tops(
            np.concatenate([each.starts for each in self._pieces]),
            np.concatenate([each.stops for each in self._pieces]),
            np.concatenate([each.heights for each in self._pieces]),
            np.concatenate([each.besides for each in self._pieces]),
            np.concatenate([each.slopes for each in self._pieces]),
        )
