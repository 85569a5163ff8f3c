"""What the finish must know of the signal before it can choose a drive: one pass, kept small."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bridge.audio import Block, FramePeaks, Framer, KWeighting, narrow_frame_peaks
from bridge.native import library
from bridge.processing.limiting.series import Numbers, Series

_GRID_FRAMES = 16384


@dataclass(frozen=True, eq=False)
class Analysis:
    """A signal's peaks and energies, in files: 20 MB a minute at 48 kHz.

    `envelope` has the 4x true peak of every frame over both channels. `energies` has the K-weighted
    energy of every `pooled` frames, the last of them fewer, summed over channels and frames.
    """

    sample_rate_hz: int
    envelope: Series
    energies: Series
    pooled: int

    @property
    def frames(self) -> int:
        """Length of the signal."""
        return len(self.envelope)


def pooled_frames(sample_rate_hz: int) -> int:
    """How many frames have one energy: 1/6 ms of them at any rate."""
    return 8 * max(1, round(sample_rate_hz / 48000))


class PooledEnergies:
    """The K-weighted energy of every `pooled_frames` of a stream, over channels and frames."""

    def __init__(self, sample_rate_hz: int, channels: int) -> None:
        self._pooled = pooled_frames(sample_rate_hz)
        self._framer = Framer(channels, _GRID_FRAMES)
        self._weighting = KWeighting(sample_rate_hz, channels)

    def add(self, block: Block) -> Numbers:
        """Take (channels, frames) float64; return the (n,) energies that became known."""
        ready = self._framer.add(block)
        starts = range(0, ready.shape[1], _GRID_FRAMES)
        tiles = [self.of_tile(ready[:, start : start + _GRID_FRAMES]) for start in starts]
        return np.concatenate([np.empty(0, np.float32), *tiles])

    def rest(self) -> Numbers:
        """Return the energies still owed; the last may be of fewer frames."""
        return self.of_tile(self._framer.rest())

    def of_tile(self, tile: Block) -> Numbers:
        """Return the energies of (channels, frames) that begin where those before ended.

        Only the last may be of fewer frames than a whole number of `pooled_frames`.
        """
        weighted = self._weighting.filtered(tile)
        whole, short = divmod(weighted.shape[1], self._pooled)
        compiled = library()
        if compiled is not None and len(weighted) == 2 and not short:
            energies = np.empty(whole, np.float32)
            compiled.pooled_energies(weighted[0], weighted[1], energies, whole, self._pooled)
            return energies
        energy = np.square(weighted).sum(axis=0)
        short = -len(energy) % self._pooled
        rows = np.pad(energy, (0, short)).reshape(-1, self._pooled)
        pooled: Numbers = rows.sum(axis=1).astype(np.float32)
        return pooled


class Analyser:
    """Takes a signal block by block and keeps what the finish needs of it.

    It lies on the disk of `folder`. Raises as `Series` does.
    """

    def __init__(self, sample_rate_hz: int, channels: int = 2, folder: Path | None = None) -> None:
        self._sample_rate_hz = sample_rate_hz
        self._framer = Framer(channels, _GRID_FRAMES)
        self._frame_peaks = FramePeaks(channels, narrow_frame_peaks)
        self._pooled_energies = PooledEnergies(sample_rate_hz, channels)
        self._envelope, self._energies = Series(folder), Series(folder)

    def add(self, block: Block) -> None:
        """Take (channels, frames) float64."""
        self._keep(self._framer.add(block))

    def result(self) -> Analysis:
        """Return the analysis of everything taken; nothing can be added afterwards."""
        self._keep(self._framer.rest())
        self._envelope.append(self._frame_peaks.rest().astype(np.float32))
        pooled = pooled_frames(self._sample_rate_hz)
        return Analysis(self._sample_rate_hz, self._envelope, self._energies, pooled)

    def _keep(self, block: Block) -> None:
        for start in range(0, block.shape[1], _GRID_FRAMES):
            tile = block[:, start : start + _GRID_FRAMES]
            self._envelope.append(self._frame_peaks.add(tile).astype(np.float32))
            self._energies.append(self._pooled_energies.of_tile(tile))
