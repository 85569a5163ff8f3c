"""`noise_floor`: what is heard where nothing plays.

Of pieces of 50 ms, those that lie far under the loud ones: noise is what is as loud in most of
them, and has no pitch. A tail that dies away is not as loud, a held chord has a pitch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.audio import Block
from bridge.checking.codes import Severity
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from stemwright.decibels import power_db

_PIECE_S = 0.05
_UNDER_LOUD_DB = 25.0
_FEWEST_S = 1.5
_STEADY_DB = 1.5
_FLAT_DB = -9.0
"""Spectral flatness: white noise has -2.5 dB, pink -8, a chord under -20."""
_LEAST_DB = -84.0
_MINOR_DB = -66.0
_TOP_HZ = 16000.0
_LOW_HZ = 100.0


class NoiseFloor:
    """Level and flatness of every piece; told once, over all of the stem."""

    codes: ClassVar[tuple[str, ...]] = ("noise_floor",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._frames = facts.frames
        self._piece = round(_PIECE_S * facts.sample_rate_hz)
        self._rest: Block = np.zeros(0)
        hz = fft.rfftfreq(self._piece, 1.0 / facts.sample_rate_hz)
        self._bins = (hz > _LOW_HZ) & (hz < min(_TOP_HZ, 0.45 * facts.sample_rate_hz))
        self._window = np.hanning(self._piece + 1)[:-1]
        self._powers: list[Block] = []
        self._flat: list[Block] = []

    def hear(self, passage: Passage) -> None:
        """Take the pieces that are complete."""
        joined = np.concatenate([self._rest, passage.core.mean(axis=0)])
        count = len(joined) // self._piece
        pieces = joined[: count * self._piece].reshape(count, self._piece)
        self._rest = joined[count * self._piece :].copy()
        powers = np.square(pieces - pieces.mean(axis=1, keepdims=True)).mean(axis=1)
        flat = np.full(count, -np.inf)
        # only what is quiet is looked at: a floor of music is no noise floor
        quiet = np.flatnonzero((powers > 10 ** (_LEAST_DB / 10)) & (powers < 1e-4))
        if len(quiet):
            flat[quiet] = self._flatness(pieces[quiet])
        self._powers.append(powers)
        self._flat.append(flat)

    def findings(self) -> Iterator[Found]:
        """One, if what is quiet is noise."""
        powers = np.concatenate(self._powers) if self._powers else np.zeros(0)
        flat = np.concatenate(self._flat) if self._flat else np.zeros(0)
        sounding = powers > 10 ** (_LEAST_DB / 10)
        if not sounding.any():
            return
        loud = float(np.quantile(powers[sounding], 0.95))
        noise = sounding & (powers < loud * 10 ** (-_UNDER_LOUD_DB / 10)) & (flat > _FLAT_DB)
        if np.count_nonzero(noise) * _PIECE_S < _FEWEST_S:
            return
        levels_db = 10.0 * np.log10(powers[noise])
        level_db = float(np.quantile(levels_db, 0.3))
        steady = np.abs(levels_db - level_db) < _STEADY_DB
        if np.count_nonzero(steady) * _PIECE_S < _FEWEST_S or steady.mean() < 0.5:
            return
        level_db = power_db(float(powers[noise][steady].mean()))
        severity: Severity = "minor" if level_db > _MINOR_DB else "info"
        words = f"noise of {level_db:.0f} dBFS where nothing plays"
        yield Found("noise_floor", severity, 0, self._frames, level_db, words)

    def _flatness(self, pieces: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Of each piece in dB: geometric over arithmetic mean of its power spectrum."""
        spectra = fft.rfft(pieces * self._window, axis=1)[:, self._bins]
        power = np.square(spectra.real) + np.square(spectra.imag) + 1e-20
        ratio = np.exp(np.log(power).mean(axis=1)) / power.mean(axis=1)
        decibels: Block = 10.0 * np.log10(ratio)
        return decibels
