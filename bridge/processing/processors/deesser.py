"""The de-esser: a high shelf that goes down while its band is loud."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.processing.filter_designs import passing, sections_of
from bridge.processing.filters import GRID_FRAMES, Corner, pieces, refuse_above_nyquist
from bridge.processing.moving_band import Movement, MovingBand
from chains import Deesser, Shelf

_DETECTOR_ORDER = 4
_BUTTERWORTH_Q = 0.7071


class DeesserProcessor:
    """Cuts above `hz` by what that band's peaks exceed the threshold, `max_cut_db` at most.

    The cut is a shelf with half its dB at `hz`; the detector, a Butterworth high-pass of
    24 dB/octave, keeps voices' fundamentals out. Under the threshold samples pass bit for bit.
    Raises InputError `band_above_nyquist`.
    """

    def __init__(self, settings: Deesser, sample_rate_hz: int) -> None:
        refuse_above_nyquist([Corner("the de-esser", "hz", settings.hz)], sample_rate_hz)
        shelf = Shelf(
            shape="high_shelf", hz=settings.hz, gain_db=-settings.max_cut_db, q=_BUTTERWORTH_Q
        )
        movement = Movement(
            -settings.max_cut_db,
            settings.threshold_db,
            slope=1.0,
            attack_ms=settings.attack_ms,
            release_ms=settings.release_ms,
        )
        heard = passing("high_pass", settings.hz, _DETECTOR_ORDER, sample_rate_hz)
        self._band = MovingBand(sections_of(shelf, sample_rate_hz), heard, movement, sample_rate_hz)
        self._frames = 0

    @property
    def lowest_gain_db(self) -> float:
        """The deepest cut so far: 0.0 or less."""
        return self._band.lowest_gain_db

    @property
    def gain_curve_db(self) -> tuple[float, ...]:
        """The deepest reduction in every 100 ms so far, 0.0 or less."""
        return self._band.gain_curve_db

    def process(self, block: Block, key: Block | None = None) -> Block:
        """Return the block with its esses turned down; the detector hears `key` if there is one."""
        heard = block if key is None else key
        out = np.empty_like(block)
        for piece in pieces(self._frames, block.shape[1], GRID_FRAMES):
            out[:, piece] = self._band.process(block[:, piece], heard[:, piece])
        self._frames += block.shape[1]
        return out

    def finish(self) -> Block:
        """Nothing is ever held."""
        return np.zeros((2, 0))
