"""A stem from end to end in small: its outline, its middle and its peaks, read once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking import StemAudio
from bridge.pages import Outline, outlined

_COLUMNS = 500
_READ_FRAMES = 1 << 17


@dataclass(frozen=True)
class Overview:
    """A stem by columns of `column_s`, from `start_s` of the song for `seconds`.

    `lows` and `highs` (columns,) are of any channel, `means` (channels, columns) of each.
    """

    start_s: float
    seconds: float
    column_s: float
    lows: npt.NDArray[np.float64]
    highs: npt.NDArray[np.float64]
    means: Block

    @property
    def peaks(self) -> npt.NDArray[np.float64]:
        """The largest magnitude of each column."""
        return np.maximum(np.abs(self.lows), np.abs(self.highs))

    def outline(self) -> Outline:
        """Its waveform, as loud as it is."""
        return outlined(np.stack([self.lows, self.highs]))


def overview(audio: StemAudio) -> Overview:
    """Read a stem in memory that does not grow with it.

    Raises InputError as `bridge.audio.read_blocks` does.
    """
    facts = audio.facts
    bucket = max(1, math.ceil(facts.frames / _COLUMNS))
    whole = bucket * max(1, _READ_FRAMES // bucket)
    lows, highs, means = [np.zeros(0)], [np.zeros(0)], [np.zeros((facts.channels, 0))]
    for block in audio.blocks(whole):
        starts = np.arange(0, block.shape[1], bucket)
        lows.append(np.minimum.reduceat(block.min(axis=0), starts))
        highs.append(np.maximum.reduceat(block.max(axis=0), starts))
        counts = np.diff(np.append(starts, block.shape[1]))
        means.append(np.add.reduceat(block, starts, axis=1) / counts)
    return Overview(
        start_s=audio.position / facts.sample_rate_hz,
        seconds=facts.frames / facts.sample_rate_hz,
        column_s=bucket / facts.sample_rate_hz,
        lows=np.concatenate(lows),
        highs=np.concatenate(highs),
        means=np.concatenate(means, axis=1),
    )
