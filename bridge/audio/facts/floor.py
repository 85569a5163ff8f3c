"""What sounds all through a stream under what is played: the level of its hum and its noise."""

from __future__ import annotations

import numpy as np

from bridge.audio.blocks import Block

_PIECE_S = 0.1
_SILENCE = 1e-20
"""Whole periods of both mains and all their harmonics."""
_LEAST, _QUIET, _LOUD = 0.02, 0.1, 0.95
_STEADY = 10 ** (1.0 / 20)
"""From the least to the quiet: hum and noise go on at one level, what dies away does not."""
_UNDER = 0.1
"""Of the loud ones: what is not so far under them is played."""
_MOST = 0.5
"""Of the quiet ones are as loud as the one before or behind them: else each dies away."""


class FloorMeter:
    """Takes a stream block by block; however it is cut, the same comes of it."""

    def __init__(self, channels: int, sample_rate_hz: int) -> None:
        self._piece = round(_PIECE_S * sample_rate_hz)
        self._rest: Block = np.zeros((channels, 0))
        self._powers: list[Block] = []

    def add(self, block: Block) -> None:
        """Take (channels, frames), all of them finite."""
        missing = self._piece - self._rest.shape[1]
        if block.shape[1] < missing:
            self._rest = np.concatenate([self._rest, block], axis=1)
            return
        self._take(np.concatenate([self._rest, block[:, :missing]], axis=1))
        stop = missing + (block.shape[1] - missing) // self._piece * self._piece
        self._take(block[:, missing:stop])
        self._rest = block[:, stop:].copy()

    def result(self) -> float:
        """RMS over all channels of what goes on under the rest; of a channel without, 0."""
        powers = np.concatenate([self._rest[:, :0], *self._powers], axis=1)
        return float(np.sqrt(np.mean([_floor(row) for row in powers])))

    def tenths(self) -> tuple[tuple[float, float], ...]:
        """Of each channel, the RMS of its quiet tenths of a second and of its loudest one.

        Tenths of silence do not count; both are 0 where there are no others.
        """
        powers = np.concatenate([self._rest[:, :0], *self._powers], axis=1)
        return tuple(_quiet_and_loudest(row[row > _SILENCE]) for row in powers)

    def _take(self, pieces: Block) -> None:
        """Keep the power of whole pieces, each about its middle."""
        rows = pieces.reshape(len(pieces), -1, self._piece)
        powers = np.square(rows).mean(axis=2) - np.square(rows.mean(axis=2))
        self._powers.append(np.maximum(powers, 0.0))


def _quiet_and_loudest(powers: Block) -> tuple[float, float]:
    if not len(powers):
        return 0.0, 0.0
    rising = np.sqrt(np.sort(powers))
    return float(rising[int(_LEAST * len(rising))]), float(rising[-1])


def _floor(powers: Block) -> float:
    """Power of the quiet pieces, of all in order of time; 0 where they are none of hum or noise."""
    if not len(powers):
        return 0.0
    rising = np.sort(powers)
    least, quiet, loud = (float(rising[int(of * len(rising))]) for of in (_LEAST, _QUIET, _LOUD))
    if quiet > _STEADY**2 * least or quiet >= _UNDER**2 * loud:
        return 0.0
    beside = np.pad(powers, 1, constant_values=np.inf)
    goes_on = np.minimum(beside[:-2], beside[2:]) <= _STEADY**2 * powers
    return quiet if goes_on[powers <= quiet].mean() >= _MOST else 0.0
