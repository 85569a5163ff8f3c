"""The multiband compressor: Linkwitz-Riley bands, each with the compressor's own gain computer."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.processing.filters import GRID_FRAMES, Corner, Splitter, pieces, refuse_above_nyquist
from bridge.processing.gain_computer import GainComputer
from bridge.processing.reduction import deepest
from chains import Multiband


class MultibandProcessor:
    """Compresses every band by one gain for left and right, and adds the bands up.

    Idle it is flat in level and has the phase of its crossovers' all-passes: 360 degrees in all
    for each, 180 of them at its corner. A key is split alike, each band's detector hearing its own
    part of it. Raises InputError `band_above_nyquist`.
    """

    def __init__(self, settings: Multiband, sample_rate_hz: int) -> None:
        refuse_above_nyquist(
            (
                Corner(f"multiband crossover {number}", f"crossovers_hz[{number}]", hz)
                for number, hz in enumerate(settings.crossovers_hz)
            ),
            sample_rate_hz,
        )
        self._splitter = Splitter(settings.crossovers_hz, sample_rate_hz)
        self._key_splitter = Splitter(settings.crossovers_hz, sample_rate_hz)
        self._computers = [GainComputer(band, sample_rate_hz) for band in settings.bands]
        self._frames = 0

    @property
    def lowest_gains_db(self) -> tuple[float, ...]:
        """The deepest reduction so far of each band, low to high, without make-up."""
        return tuple(computer.reductions.lowest_gain_db for computer in self._computers)

    @property
    def lowest_gain_db(self) -> float:
        """The deepest reduction so far of any band: 0.0 or less."""
        return min(self.lowest_gains_db)

    @property
    def gain_curve_db(self) -> tuple[float, ...]:
        """The deepest reduction in every 100 ms so far of any band, 0.0 or less."""
        return deepest(computer.reductions.curve_db for computer in self._computers)

    def process(self, block: Block, key: Block | None = None) -> Block:
        """Return the compressed block; the detectors hear `key` when there is one."""
        out = np.empty_like(block)
        for piece in pieces(self._frames, block.shape[1], GRID_FRAMES):
            out[:, piece] = self._piece(block[:, piece], None if key is None else key[:, piece])
        self._frames += block.shape[1]
        return out

    def finish(self) -> Block:
        """Nothing is ever held."""
        return np.zeros((2, 0))

    def _piece(self, block: Block, key: Block | None) -> Block:
        bands = self._splitter.split(block)
        heard = bands if key is None else self._key_splitter.split(key)
        triples = zip(self._computers, bands, heard, strict=True)
        return self._splitter.joined([_compressed(*triple) for triple in triples])


def _compressed(computer: GainComputer, band: Block, heard: Block) -> Block:
    if computer.is_flat:
        return band if computer.makeup == 1.0 else band * computer.makeup
    return computer.compressed(band, heard)
