"""A few numbers that stand for samples: the residual of two files, estimated without their audio.

Every 10 ms of a channel is multiplied by four fixed noises and summed (random projections; Johnson
and Lindenstrauss 1984, Achlioptas 2003). That is linear: the difference of two sketches is the
sketch of the difference, and its mean square is the residual's, whatever the change. Kept are the
low eight bits of each sum: what is louder than they hold wraps round, to noise of -53 dBFS.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bridge.audio import Block, Framer
from stemwright.decibels import power_db

WINDOWS_PER_S = 100
SUMS = 4
STEP = 2.0**-15
LOUDEST_RMS_DBFS, LOUDEST_WINDOW_DBFS = -60.0, -66.0
"""Limits looser than these cannot be told from sums that wrapped."""

Sketched = npt.NDArray[np.int8]
"""(windows, channels, sums), in STEP of full scale, modulo 256."""

_KEY = 0x53544D57
# Magnitudes 0.5 to 1.427, mean square one: no sample is overlooked, unequal ones rarely cancel.
_LEAST, _SPREAD = 0.5, 1.5 * (math.sqrt(1.25) - 0.5)


@dataclass(frozen=True)
class Estimate:
    """A residual's rms in dBFS, over all and in the worst 10 ms.

    `above_dbfs` is what the rms is under with 2 standard errors to spare; `loud` lists the windows
    over the limit it was asked for.
    """

    rms_dbfs: float
    above_dbfs: float
    worst_dbfs: float
    loud: tuple[int, ...]


class Sketch:
    """Takes (channels, frames); the cut of the blocks does not matter."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz, self._channels = rate_hz, channels
        self._framer = Framer(channels, rate_hz)
        self._rows: list[Sketched] = []

    def add(self, block: Block) -> None:
        """Take the next samples."""
        ready = self._framer.add(block)
        for start in range(0, ready.shape[1], self._rate_hz):
            self._take(ready[:, start : start + self._rate_hz])

    def result(self) -> list[str]:
        """Close the stream; one line of base64 for every second."""
        rest = self._framer.rest()
        if rest.shape[1]:
            self._take(rest)
        return [base64.b64encode(row.tobytes()).decode("ascii") for row in self._rows]

    def _take(self, second: Block) -> None:
        frames = second.shape[1]
        starts = _edges(self._rate_hz)
        starts = starts[starts < frames]
        weights = _weights(len(self._rows), self._rate_hz)[:, :frames]
        sums = np.add.reduceat(second[:, None, :] * weights[None, :, :], starts, axis=2)
        steps = np.rint(sums * (math.sqrt(WINDOWS_PER_S / self._rate_hz) / STEP))
        wrapped = np.mod(steps, 256.0).astype(np.uint8).view(np.int8)
        self._rows.append(np.ascontiguousarray(wrapped.transpose(2, 0, 1)))


def decoded(rows: Sequence[str], channels: int) -> Sketched:
    """Read what `Sketch.result` gave. Raises ValueError for anything else."""
    octets = b"".join(base64.b64decode(row, validate=True) for row in rows)
    return np.frombuffer(octets, dtype=np.int8).reshape(-1, channels, SUMS)


def windows(frames: int, rate_hz: int) -> int:
    """How many windows are begun by so many frames."""
    whole, rest = divmod(frames, rate_hz)
    return whole * WINDOWS_PER_S + int(np.searchsorted(_edges(rate_hz), rest, side="left"))


def whole_windows(frames: int, rate_hz: int) -> int:
    """How many windows are filled by so many frames."""
    whole, rest = divmod(frames, rate_hz)
    ends = _edges(rate_hz)[1:]
    return whole * WINDOWS_PER_S + int(np.searchsorted(ends, rest, side="right"))


def estimate(one: Sketched, other: Sketched, limit_dbfs: float) -> Estimate:
    """Estimate the residual of two sketches of one shape; `limit_dbfs` is what 10 ms may have."""
    squares = np.square((one - other).astype(np.float64) * STEP)
    if not squares.size:
        return Estimate(-math.inf, -math.inf, -math.inf, ())
    mean = _unrounded(float(squares.mean()))
    # Channels of a mono residual share their noises: they are no more evidence than one.
    error = math.sqrt(2.0 / (squares.shape[0] * SUMS))
    each = squares.mean(axis=2).max(axis=1)
    loud = np.flatnonzero(each > 10.0 ** (limit_dbfs / 10.0)).tolist()
    return Estimate(
        power_db(mean),
        power_db(mean * (1.0 + 2.0 * error)),
        power_db(float(each.max())),
        tuple(loud),
    )


def explained(one: Sketched, other: Sketched, rms_dbfs: float, limit_dbfs: float) -> str | None:
    """Name the swap or inversion that makes `other` into `one` within the limits, if one does."""
    for words, made in _remade(other):
        found = estimate(one, made, limit_dbfs)
        if found.above_dbfs <= rms_dbfs and not found.loud:
            return words
    return None


def _remade(x: Sketched) -> list[tuple[str, Sketched]]:
    found = [("the polarity is inverted", np.negative(x))]
    if x.shape[1] == 2:
        left, right = np.array([[-1], [1]], np.int8), np.array([[1], [-1]], np.int8)
        found += [
            ("the left channel is inverted", x * left),
            ("the right channel is inverted", x * right),
            ("left and right are swapped", x[:, ::-1]),
            ("left and right are swapped, and inverted", np.negative(x[:, ::-1])),
        ]
    return found


def _unrounded(mean: float) -> float:
    """Take off what rounding both sums adds: STEP**2 / 6, less where the residual is that small."""
    return max(mean - STEP**2 / 6.0, 0.6 * mean)


def _edges(rate_hz: int) -> npt.NDArray[np.int64]:
    return np.arange(WINDOWS_PER_S, dtype=np.int64) * rate_hz // WINDOWS_PER_S


def _weights(second: int, rate_hz: int) -> npt.NDArray[np.float64]:
    """Return (sums, rate) noise of mean square one, the same everywhere and for ever."""
    stream = np.random.Philox(key=(_KEY << 64) + second)
    draws = np.asarray(stream.random_raw(rate_hz * SUMS // 4), dtype="<u8").view("<i2")
    x = draws.reshape(SUMS, rate_hz).astype(np.float64) / 2.0**15
    return np.where(draws.reshape(SUMS, rate_hz) < 0, x * _SPREAD - _LEAST, x * _SPREAD + _LEAST)
