"""`hum`: the mains, 50 or 60 Hz and their harmonics, under everything that is played.

A line of the mains keeps its phase from the first second to the last, a played note does not: each
harmonic is demodulated in half seconds, and its mean over the quieter of them compared with how
far they lie around it. Loops in a steady tempo keep their phase too, but at all frequencies of
their period: a line counts where it stands over its neighbours, and is there in the quietest
moments as well. The mains may be off by 0.4 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import soxr

from bridge.checking.codes import Severity
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from stemwright.decibels import amplitude_db

_RATE_HZ = 1500
_MAINS_HZ = (50.0, 60.0)
_HARMONICS = 8
_BLOCK_S = 0.5
_PIECES = 10
"""Of a block: within a piece even the 8th harmonic of mains 0.4 % off turns by a seventh."""
_OFF = np.linspace(-0.004, 0.004, 65)
_BESIDE_HZ = np.array([side * hz for side in (-1, 1) for hz in np.arange(2.75, 6.3, 0.25)])
_FEWEST_BLOCKS = 8
_QUIETER = 0.6
_SURE = 3.6
"""Means over their own error: 65 offsets of music reach 3 by chance."""
_STANDS_OUT = 1.7
_FEWEST_LINES = 2
_LEAST_DB = -80.0
_QUIET_S, _QUIETEST, _MORE = 0.1, 0.1, 2.0
"""A tenth of the moments has less than what a line may have: else it is no hum, but hits."""
_SILENT = 1e-11
_STEADY_S, _LEAST_STEADY = 0.2, 0.25
_MAJOR_DB = -55.0

_Values = npt.NDArray[np.float64]
_Lines = npt.NDArray[np.complex128]


class Hum:
    """The whole stem at 1500 Hz, its channels added; told once, over all of it."""

    codes: ClassVar[tuple[str, ...]] = ("hum",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._frames = facts.frames
        self._small = soxr.ResampleStream(facts.sample_rate_hz, _RATE_HZ, 1, dtype="float32")
        self._pieces: list[npt.NDArray[np.float32]] = []

    def hear(self, passage: Passage) -> None:
        """Keep the core at the low rate."""
        core = passage.core.mean(axis=0).astype(np.float32)
        self._pieces.append(self._small.resample_chunk(core).reshape(-1))

    def findings(self) -> Iterator[Found]:
        """One for the mains that fit best."""
        last = self._small.resample_chunk(np.zeros(0, np.float32), last=True).reshape(-1)
        signal = np.concatenate([*self._pieces, last]).astype(np.float64)
        size = round(_BLOCK_S * _RATE_HZ)
        blocks = len(signal) // size
        if blocks < _FEWEST_BLOCKS:
            return
        signal = signal[: blocks * size]
        found = max((_lines(signal, hz) for hz in _MAINS_HZ), key=lambda each: each[:2])
        count, _, level_db, mains_hz, strongest_hz = found
        if count < _FEWEST_LINES or level_db <= _LEAST_DB:
            return
        if _is_always(signal, level_db) and _is_steady(signal, strongest_hz, level_db):
            severity: Severity = "major" if level_db > _MAJOR_DB else "minor"
            words = f"mains hum of {mains_hz:.1f} Hz, {count} lines, up to {level_db:.0f} dBFS"
            yield Found("hum", severity, 0, self._frames, level_db, words)


def _is_always(signal: _Values, level_db: float) -> bool:
    """Whether there is room for a line of this level in the quietest moments that sound."""
    size = round(_QUIET_S * _RATE_HZ)
    powers = np.square(signal[: len(signal) // size * size]).reshape(-1, size).mean(axis=1)
    powers = powers[powers > _SILENT]
    line = 0.5 * 10 ** (level_db / 10)
    return bool(len(powers)) and line <= _MORE * float(np.quantile(powers, _QUIETEST))


def _is_steady(signal: _Values, hz: float, level_db: float) -> bool:
    """Whether a line is never much less than it is at the mean: what is hit dies away each time."""
    size = round(_STEADY_S * _RATE_HZ)
    window = np.hanning(size + 1)[:-1]
    turned = signal * np.exp(-2j * np.pi * hz * np.arange(len(signal)) / _RATE_HZ)
    rows = np.lib.stride_tricks.sliding_window_view(turned, size)[:: size // 2]
    levels = np.abs(rows @ (2.0 / window.sum() * window))
    levels = levels[levels > _SILENT]
    least = _LEAST_STEADY * 10 ** (level_db / 20)
    return bool(len(levels)) and float(np.quantile(levels, _QUIETEST)) >= least


def _lines(signal: _Values, mains_hz: float) -> tuple[int, float, float, float, float]:
    """How many lines there are, how sure together; the strongest's dBFS, the mains' Hz, its Hz."""
    seconds = np.arange(len(signal)) / _RATE_HZ
    size = round(_BLOCK_S * _RATE_HZ)
    window = np.hanning(size + 1)[:-1]
    weighted = (signal.reshape(-1, size) * (2.0 * window / window.sum())).reshape(-1)
    turn = np.exp(-2j * np.pi * mains_hz * seconds)
    carrier = np.ones(len(signal), np.complex128)
    sure, level = np.empty((_HARMONICS, len(_OFF))), np.empty((_HARMONICS, len(_OFF)))
    for harmonic in range(_HARMONICS):
        carrier *= turn
        pieces = (weighted * carrier).reshape(-1, _PIECES, size // _PIECES).sum(axis=2)
        sure[harmonic], level[harmonic] = _means(pieces, mains_hz * (harmonic + 1) * _OFF)
        beside = _means(pieces, _BESIDE_HZ)[1].max()
        sure[harmonic][level[harmonic] < _STANDS_OUT * beside] = 0.0
    there = sure > _SURE
    counts, sums = there.sum(axis=0), np.where(there, sure, 0.0).sum(axis=0)
    best = max(range(len(_OFF)), key=lambda index: (int(counts[index]), float(sums[index])))
    levels = np.where(there[:, best], level[:, best], 0.0)
    found_hz = mains_hz * (1.0 + float(_OFF[best]))
    strongest_hz = found_hz * (1 + int(levels.argmax()))
    strongest_db = amplitude_db(float(levels.max()))
    return int(counts[best]), float(sums[best]), strongest_db, found_hz, strongest_hz


def _means(pieces: _Lines, off_hz: _Values) -> tuple[_Values, _Values]:
    """At each offset: the quieter blocks' mean over its own error, and its magnitude."""
    blocks = np.arange(len(pieces))[:, None] * _BLOCK_S
    within = (np.arange(_PIECES)[:, None] + 0.5) * (_BLOCK_S / _PIECES)
    lines = (pieces @ np.exp(-2j * np.pi * within * off_hz)) * np.exp(-2j * np.pi * blocks * off_hz)
    sizes = np.abs(lines)
    quieter = sizes <= np.quantile(sizes, _QUIETER, axis=0)
    count = quieter.sum(axis=0)
    mean = np.where(quieter, lines, 0.0).sum(axis=0) / count
    away = np.where(quieter, np.abs(lines - mean), np.nan)
    level = np.abs(mean)
    return level / (np.nanmedian(away, axis=0) + 1e-7) * np.sqrt(count), level
