"""`hum`: the mains, 50 or 60 Hz and their harmonics, under everything that is played.

A line of the mains turns on with the same frequency from each moment to the next, wherever nothing
louder covers it. The stem is heard in windows of 0.4 s; the product of each with an earlier one is
held against the power about the line, so that moments which are quiet there say most. All lines of
one mains agree in how far it is off, by up to 0.4 %, and that may wander. Played notes agree as
well, at frequencies of their own, and loops at all of their period: so the mains have to stand out
from combs and bins beside them, to be steady, and to be there in the quietest moments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import soxr
from scipy import fft

from bridge.checking.codes import Severity
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from stemwright.decibels import power_db

_RATE_HZ = 1500
_WINDOW = 600
_HOP = 150
_LAGS = (3, 5, 8)
"""Hops from a window to those it is held against: nearer ones have samples in common with it."""
_BIN_HZ = _RATE_HZ / _WINDOW
_MAINS_HZ = (50.0, 60.0)
_BESIDE_HZ = (45.0, 47.5, 52.5, 55.0, 57.5, 62.5, 65.0)
_LOOPS_HZ, _OF_THE_MAINS, _OVER_LOOPS = np.arange(44.0, 68.5, 0.5), 0.008, 1.6
"""What a loop of any tempo has at the mains it has at some of these as well, a period beside."""
_HARMONICS = 10
_ABOUT_BINS = 8
_OFF = np.linspace(-0.004, 0.004, 33)
_FEWEST_PAIRS = 10
_NOTHING = 1e-11
_SURE = 5.0
"""Errors that the lines' agreement stands over 0; clean stems reach 4.0."""
_OVER_BESIDE = 1.5
_THERE = 2.0
_FEWEST_LINES = 2
_FEWEST_COVERED, _FAR_OVER_BESIDE = 3, 2.5
"""Where lines do not stand out one by one, as under the notes of a bass: together they may."""
_LEAST_DB = -82.0
_QUIETEST = 0.03
"""Of the pairs: a fade takes the hum with it."""
_BESIDE_BINS = (0, 1, 2, 3, 4, 5, 11, 12, 13, 14, 15, 16)
_STANDS_OUT = 2.5
"""In power, over the most of those bins of the 17 about it that it does not reach into."""
_BARE = 0.5
_LOWER, _UPPER, _STEADY = 0.2, 0.8, 0.25
"""Power of the bare line: the lower of it is a quarter of the upper, or more."""
_QUIET_S, _MORE = 0.1, 2.0
"""The quietest moments have less than what a line may have: else it is no hum, but hits."""
_LOUD, _UNDER_DB, _QUIET_DB = 0.95, 6.0, -40.0
"""Where the stem is louder than that, hum lies under its loud moments."""
_NEAR_DB = 25.0
"""No nearer to them is hum that a gate cuts off in the rests: a note is."""
_MAJOR_DB = -55.0

_Values = npt.NDArray[np.float64]
_Spectra = npt.NDArray[np.complexfloating]


class Hum:
    """The whole stem at 1500 Hz; told once, over all of it."""

    codes: ClassVar[tuple[str, ...]] = ("hum",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._frames = facts.frames
        self._channels = facts.channels
        self._small = soxr.ResampleStream(
            facts.sample_rate_hz, _RATE_HZ, facts.channels, dtype="float32"
        )
        self._pieces: list[npt.NDArray[np.float32]] = []

    def hear(self, passage: Passage) -> None:
        """Keep the core at the low rate."""
        self._take(np.ascontiguousarray(passage.core.T, np.float32))

    def findings(self) -> Iterator[Found]:
        """One for the mains that fit best."""
        self._take(np.zeros((0, self._channels), np.float32), last=True)
        signal = np.concatenate(self._pieces)
        if len(signal) < _WINDOW + (_LAGS[-1] + _FEWEST_PAIRS) * _HOP:
            return
        spectra = _spectra(signal)
        powers = np.square(np.abs(spectra)).mean(axis=0, dtype=np.float64)
        comb = max((_comb(spectra, powers, hz) for hz in _MAINS_HZ), key=lambda each: each.sure)
        beside = sorted(_comb(spectra, powers, hz).sure for hz in _BESIDE_HZ)
        least = max(_SURE, _OVER_BESIDE * beside[len(beside) // 2], beside[-2])
        stands_out = comb.bare >= _FEWEST_LINES and comb.sure >= least
        if not stands_out and not _is_covered(comb, beside, spectra, powers):
            return
        loud_db = power_db(float(np.quantile(powers.sum(axis=1) / 1.5, _LOUD)))
        if loud_db > _QUIET_DB and comb.level_db > loud_db - _UNDER_DB:
            return  # it is what is played
        gated = loud_db <= _QUIET_DB or comb.level_db <= loud_db - _NEAR_DB
        if not _is_always(signal, comb.level_db, gated=gated):
            return
        severity: Severity = "major" if comb.level_db > _MAJOR_DB else "minor"
        words = f"mains hum of {comb.hz:.1f} Hz, {comb.lines} lines, up to {comb.level_db:.0f} dBFS"
        yield Found("hum", severity, 0, self._frames, comb.level_db, words)

    def _take(self, frames: npt.NDArray[np.float32], last: bool = False) -> None:
        small = self._small.resample_chunk(frames, last=last)
        self._pieces.append(small.reshape(-1, self._channels))


def _is_covered(comb: _Comb, beside: list[float], spectra: _Spectra, powers: _Values) -> bool:
    """Whether lines under what is played are sure together, where little else keeps its turning.

    `beside` are how sure the combs beside it are; two of them may be notes.
    """
    least = max(_SURE, _FAR_OVER_BESIDE * sorted(beside)[-3])
    if comb.lines < _FEWEST_COVERED or comb.sure < least:
        return False
    apart = np.abs(_LOOPS_HZ[:, None] / np.array(_MAINS_HZ) - 1.0).min(axis=1)
    loops = [_comb(spectra, powers, hz).sure for hz in _LOOPS_HZ[apart > _OF_THE_MAINS]]
    return comb.sure >= _OVER_LOOPS * sorted(loops)[-3]


def _is_always(signal: npt.NDArray[np.float32], level_db: float, *, gated: bool) -> bool:
    """Whether there is room for a line of this level in the quietest moments.

    Of those that sound where a gate may have cut it off, else of all from the first such on.
    """
    size = round(_QUIET_S * _RATE_HZ)
    whole = len(signal) // size * size
    powers = np.square(signal[:whole], dtype=np.float64).mean(axis=1).reshape(-1, size).mean(axis=1)
    sounds = np.flatnonzero(powers > _NOTHING)
    powers = powers[sounds] if gated or not len(sounds) else powers[sounds[0] : sounds[-1] + 1]
    line = 0.5 * 10 ** (level_db / 10)
    return bool(len(powers)) and line <= _MORE * float(np.quantile(powers, _QUIETEST))


@dataclass(frozen=True)
class _Comb:
    """`lines` are multiples of `hz` that are steady, 0 where most are not; `bare` stand out too.

    `sure` is how many errors all of them stand over none, `level_db` the strongest's.
    """

    sure: float
    lines: int
    bare: int
    hz: float
    level_db: float


def _spectra(signal: npt.NDArray[np.float32]) -> _Spectra:
    """(channels, windows, bins) of (frames, channels): a sine's magnitude is its amplitude."""
    window = np.hanning(_WINDOW + 1)[:-1]
    weights = (2.0 / window.sum() * window).astype(np.float32)
    rows = np.lib.stride_tricks.sliding_window_view(signal, _WINDOW, axis=0)[::_HOP]
    spectra: _Spectra = fft.rfft(rows * weights, axis=2).transpose(1, 0, 2)
    return spectra


def _comb(spectra: _Spectra, powers: _Values, hz: float) -> _Comb:
    """How sure the multiples of `hz` are there, at the offset where they agree best."""
    sure = np.zeros((_HARMONICS, len(_OFF)))
    steady, stands_out = np.zeros((2, _HARMONICS), np.bool_)
    levels_db = np.full(_HARMONICS, -np.inf)
    for row in range(_HARMONICS):
        line = _Line(spectra, powers, (row + 1) * hz)
        levels_db[row] = line.level_db()
        if levels_db[row] > _LEAST_DB:
            sure[row] = line.sure()
            steady[row], stands_out[row] = line.is_steady(), line.stands_out()
    together = sure.sum(axis=0) / np.sqrt(_HARMONICS)
    best = int(together.argmax())
    there = sure[:, best] > _THERE
    level_db = float(np.max(levels_db, where=there, initial=-np.inf))
    found_hz = hz * (1.0 + float(_OFF[best]))
    is_steady = 2 * np.count_nonzero(there & steady) >= np.count_nonzero(there)
    steady &= there & is_steady
    lines, bare = (int(np.count_nonzero(each)) for each in (steady, steady & stands_out))
    return _Comb(float(together[best]), lines, bare, found_hz, level_db)


class _Line:
    """A multiple of the mains in every window: (channels, windows), 0 where it is no peak there.

    `about` is the power about it, 20 Hz to both sides.
    """

    def __init__(self, spectra: _Spectra, powers: _Values, hz: float) -> None:
        middle = round(hz / _BIN_HZ)
        self._hz = hz
        around = slice(middle - _ABOUT_BINS, middle + _ABOUT_BINS + 1)
        self._around = spectra[:, :, around]
        self._about = powers[:, around].sum(axis=1) / 1.5
        peak = powers[:, middle] > np.maximum(powers[:, middle - 2], powers[:, middle + 2])
        self._lines = np.where(peak, spectra[:, :, middle], 0.0)

    def level_db(self) -> float:
        """What it has in common from one quiet moment to the next, in dBFS of its amplitude."""
        products, about = self._pairs(self._lines, _LAGS[0])
        return power_db(self._common(products, about)) if len(about) else -np.inf

    def stands_out(self) -> bool:
        """Whether nothing beside it keeps its turning as well: a loop does so on all its lines."""
        common = [
            self._common(*self._pairs(self._around[:, :, place], _LAGS[0]))
            for place in (_ABOUT_BINS, *_BESIDE_BINS)
        ]
        return common[0] > _STANDS_OUT * max(common[1:])

    @staticmethod
    def _common(products: _Spectra, about: _Values) -> float:
        """Power that goes on from one moment to the next, quiet ones counting most."""
        weights = 1.0 / np.square(np.maximum(about, np.quantile(about, _QUIETEST)))
        return float(abs((products * weights).sum()) / weights.sum())

    def is_steady(self) -> bool:
        """Whether it is about as strong wherever it is most of what is there: no note dies away."""
        products, about = self._pairs(self._lines, _LAGS[0])
        bare = np.abs(products)[np.abs(products) > _BARE * about]
        if len(bare) < _FEWEST_PAIRS:
            return True
        low, high = np.quantile(bare, (_LOWER, _UPPER))
        return bool(low >= _STEADY * high)

    def sure(self) -> _Values:
        """(offsets,) how many errors its turning with the mains stands over none."""
        found, error = np.zeros(len(_OFF)), 1e-9
        for lag in _LAGS:
            products, about = self._pairs(self._lines, lag)
            shares = products / about
            turns = self._hz * (1.0 + _OFF) * (lag * _HOP / _RATE_HZ)
            found += (shares.sum() * np.exp(-2j * np.pi * turns)).real
            error += float(np.square(np.abs(shares)).sum())
        sure: _Values = found / np.sqrt(error)
        return sure

    def _pairs(self, lines: _Spectra, lag: int) -> tuple[_Spectra, _Values]:
        """Each window times the conjugate of the one `lag` before, the power about both.

        Of those alone that sound.
        """
        products = (lines[:, lag:] * lines[:, :-lag].conj()).mean(axis=0)
        early, late = self._about[:-lag], self._about[lag:]
        sounds = np.minimum(early, late) > _NOTHING
        return products[sounds], np.sqrt(early * late)[sounds]
