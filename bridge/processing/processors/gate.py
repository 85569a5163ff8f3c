"""The stereo-linked gate, a downward expander at low ratios."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.native import library
from bridge.processing.envelopes import LOWEST, Ballistics, TrailingPeak, linked_peaks
from bridge.processing.filters import GRID_FRAMES, pieces
from bridge.processing.gain_series import Array, gain_of, gains_of, levels_db
from bridge.processing.reduction import Reductions
from chains import Gate

_HALF_WAVE_MS = 10.0
"""Half a wave at 50 Hz: without it a gate would close between the peaks of a bass."""

_OPEN_DB = 1e-6
"""A cut this small is none: an exponential would never quite arrive."""


class GateProcessor:
    """Turns both channels down by (ratio - 1) dB for each dB under the threshold.

    The level is the largest max(|L|, |R|) of the last 10 ms plus `hold_ms`. Once it has reached the
    threshold the gate is open until it falls under the threshold less `hysteresis_db`. The cut in
    dB then falls to 1/e within `attack_ms` and rises to 1 - 1/e of itself within `release_ms`; a
    gate starts closed, and open it passes samples bit for bit. A key takes the signal's place at
    the detector, so a silent one keeps the gate closed.
    """

    def __init__(self, settings: Gate, sample_rate_hz: int) -> None:
        self._settings = settings
        self._open_from = gain_of(settings.threshold_db)
        self._close_under = gain_of(settings.threshold_db - settings.hysteresis_db)
        window_ms = _HALF_WAVE_MS + settings.hold_ms
        self._peak = TrailingPeak(max(1, round(window_ms * sample_rate_hz / 1000)))
        self._opening = Ballistics(settings.attack_ms, settings.release_ms, sample_rate_hz)
        self._is_open = False
        self._frames = 0
        self._reductions = Reductions(sample_rate_hz)

    @property
    def lowest_gain_db(self) -> float:
        """The deepest cut so far: 0.0 or less."""
        return self._reductions.lowest_gain_db

    @property
    def gain_curve_db(self) -> tuple[float, ...]:
        """The deepest reduction in every 100 ms so far, 0.0 or less."""
        return self._reductions.curve_db

    def process(self, block: Block, key: Block | None = None) -> Block:
        """Return the gated block; the detector hears `key` when there is one."""
        if self._settings.ratio == 1.0 or self._settings.max_cut_db == 0.0:
            return block
        heard = block if key is None else key
        out = np.empty_like(block)
        for piece in pieces(self._frames, block.shape[1], GRID_FRAMES):
            out[:, piece] = block[:, piece] * self._gains(linked_peaks(heard[:, piece]))
        self._frames += block.shape[1]
        return out

    def finish(self) -> Block:
        """Nothing is ever held."""
        return np.zeros((2, 0))

    def _gains(self, heard: Array) -> Array:
        most_db = self._settings.max_cut_db
        level = self._peak.process(heard)
        wanted_db = self._closed_cut_db(level)
        wanted_db[self._open(level)] = 0.0
        # Opening is what rises at once and falls slowly, so the ballistics run on the lift.
        cut_db = most_db - self._opening.process(most_db - wanted_db)
        cut_db[cut_db < _OPEN_DB] = 0.0
        self._reductions.note(cut_db)
        return gains_of(-cut_db)

    def _closed_cut_db(self, level: Array) -> Array:
        under = levels_db(np.maximum(level, LOWEST))
        np.subtract(self._settings.threshold_db, under, out=under)
        under *= self._settings.ratio - 1.0
        return np.clip(under, 0.0, self._settings.max_cut_db, out=under)

    def _open(self, level: Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return where the gate is open: since the last decisive level, a level that opens."""
        if (compiled := library()) is not None:
            stands = np.empty(len(level), np.bool_)
            self._is_open = bool(
                compiled.gate_open(
                    level,
                    stands.view(np.uint8),
                    len(level),
                    self._open_from,
                    self._close_under,
                    self._is_open,
                )
            )
            return stands
        opens = level >= self._open_from
        decisive = opens | (level < self._close_under)
        last = np.where(decisive, np.arange(1, len(level) + 1), 0)
        np.maximum.accumulate(last, out=last)
        is_open = np.concatenate([[self._is_open], opens])[last]
        self._is_open = bool(is_open[-1])
        return is_open
