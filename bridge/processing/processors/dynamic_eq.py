"""The dynamic equaliser: bells and shelves that follow the level of their own frequencies."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.processing.filter_designs import Sections, band_pass, passing, sections_of
from bridge.processing.filters import GRID_FRAMES, Corner, pieces, refuse_above_nyquist
from bridge.processing.moving_band import Movement, MovingBand
from bridge.processing.reduction import deepest
from chains import Bell, DynamicBand, DynamicEq, Shelf

_STEEPEST_SHELF_Q = 5.0
"""The equaliser's own bound: a steeper shelf would only ring."""


class DynamicEqProcessor:
    """Bands in series; every detector hears the insert's input, or the key, through its own band.

    A bell's detector is a band-pass of the same `q`, a shelf's a Butterworth filter of 2nd order at
    its corner; both read max(|L|, |R|) peaks. Under all thresholds samples pass bit for bit.
    Raises InputError `band_above_nyquist`, all such bands at once.
    """

    def __init__(self, settings: DynamicEq, sample_rate_hz: int) -> None:
        refuse_above_nyquist(
            (
                Corner(f"dynamic eq band {number}", f"bands[{number}].hz", band.hz)
                for number, band in enumerate(settings.bands)
            ),
            sample_rate_hz,
        )
        self._bands = [_moving(band, sample_rate_hz) for band in settings.bands]
        self._frames = 0

    @property
    def lowest_gain_db(self) -> float:
        """The deepest cut so far of any band: 0.0 or less."""
        return min(band.lowest_gain_db for band in self._bands)

    @property
    def gain_curve_db(self) -> tuple[float, ...]:
        """The deepest reduction in every 100 ms so far of any band, 0.0 or less."""
        return deepest(band.gain_curve_db for band in self._bands)

    def process(self, block: Block, key: Block | None = None) -> Block:
        """Return the equalised block; the detectors hear `key` when there is one."""
        heard = block if key is None else key
        out = np.empty_like(block)
        for piece in pieces(self._frames, block.shape[1], GRID_FRAMES):
            moved = block[:, piece]
            for band in self._bands:
                moved = band.process(moved, heard[:, piece])
            out[:, piece] = moved
        self._frames += block.shape[1]
        return out

    def finish(self) -> Block:
        """Nothing is ever held."""
        return np.zeros((2, 0))


def _moving(band: DynamicBand, sample_rate_hz: int) -> MovingBand:
    limit_db = -(band.max_cut_db or 0.0) if band.max_boost_db is None else band.max_boost_db
    movement = Movement(
        limit_db, band.threshold_db, 1.0 - 1.0 / band.ratio, band.attack_ms, band.release_ms
    )
    filtered = _at_limit(band, limit_db, sample_rate_hz)
    return MovingBand(filtered, _heard(band, sample_rate_hz), movement, sample_rate_hz)


def _at_limit(band: DynamicBand, limit_db: float, sample_rate_hz: int) -> Sections:
    if band.shape == "bell":
        bell = Bell(shape="bell", hz=band.hz, gain_db=limit_db, q=band.q)
        return sections_of(bell, sample_rate_hz)
    shelf = Shelf(shape=band.shape, hz=band.hz, gain_db=limit_db, q=min(band.q, _STEEPEST_SHELF_Q))
    return sections_of(shelf, sample_rate_hz)


def _heard(band: DynamicBand, sample_rate_hz: int) -> Sections:
    match band.shape:
        case "bell":
            return band_pass(band.hz, band.q, sample_rate_hz)
        case "low_shelf":
            return passing("low_pass", band.hz, 2, sample_rate_hz)
        case _:
            return passing("high_pass", band.hz, 2, sample_rate_hz)
