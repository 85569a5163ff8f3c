"""What is measured of a group or a bus before anything is set: levels, lows, sides, endings."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bridge.audio import Block, Framer
from bridge.checking import OffsetMeter
from bridge.comparing import Tone, ToneMeter
from bridge.processing import SosFilter, passing
from stemwright.decibels import amplitude_db, linear
from stemwright.values import dataclass

DETECTOR_HZ = 100.0
"""Levels are those that a compressor's detector behind such a high-pass hears."""

ESSES_HZ = 6500.0
LOWS_HZ = 120.0
OFFSET_HZ = 20.0
"""What lies below it is no music: offsets, and how they begin."""

_OFFSET_DB = 40.0
"""An offset further under the peaks moves nothing."""

FRAMES_PER_S = 100
_BELOW_LOUDEST_DB = 24.0
_SILENT_DBFS = -90.0
_FALL_DB = 20.0
_LOUD, _USUAL, _QUIET = 95.0, 50.0, 20.0
_SHARPEST, _LOUDEST = 98.0, 99.0

Levels = npt.NDArray[np.float64]
"""(10 ms frames,) of peaks in dBFS."""


@dataclass(frozen=True)
class Listened:
    """Readings of one stereo signal where it sounds: within 24 dB of its loudest 1 %.

    `loud_dbfs`, `usual_dbfs` and `quiet_dbfs` are what 5, 50 and 80 % of the 10 ms peaks are over,
    heard behind a high-pass at 100 Hz, `whole_*` of the whole signal. `esses_dbfs` is what 2 % of
    all peaks above 6.5 kHz are over. `falls_s` is the median time of falling by
    20 dB where the sound ends; None where it never does. `low_side_db` is the side under the mid
    below 120 Hz. All levels of silence are None. `offset` is where the middle lies if not at zero,
    full scale being 1: nothing else is of it.
    """

    tone: Tone
    peak_dbfs: float | None
    loud_dbfs: float | None
    usual_dbfs: float | None
    quiet_dbfs: float | None
    whole_loud_dbfs: float | None
    whole_quiet_dbfs: float | None
    esses_dbfs: float | None
    falls_s: float | None
    low_side_db: float | None
    offset: float | None = None


class Listener:
    """Takes (2, frames) blocks of one signal; the cut of the blocks does not matter."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._frame = sample_rate_hz // FRAMES_PER_S
        self._framer = Framer(2, self._frame)
        self._tone = ToneMeter(sample_rate_hz)
        self._behind = _filter("high_pass", DETECTOR_HZ, sample_rate_hz)
        self._esses = _filter("high_pass", min(ESSES_HZ, 0.4 * sample_rate_hz), sample_rate_hz)
        self._lows = _filter("low_pass", LOWS_HZ, sample_rate_hz)
        self._peaks: list[list[Levels]] = [[], [], []]
        self._low_powers: list[list[Levels]] = [[], []]

    def add(self, block: Block) -> None:
        """Take the next samples."""
        self._tone.add(block)
        ready = self._framer.add(block)
        if not ready.shape[1]:
            return
        for found, heard in zip(
            self._peaks,
            (ready, self._behind.process(ready), self._esses.process(ready)),
            strict=True,
        ):
            found.append(self._framed(np.abs(heard).max(axis=0)).max(axis=1))
        low = self._lows.process(ready)
        for powers, half in zip(self._low_powers, (low[0] + low[1], low[0] - low[1]), strict=True):
            powers.append(self._framed(np.square(half)).sum(axis=1))

    def _framed(self, row: Levels) -> Levels:
        return row.reshape(-1, self._frame)

    def result(self) -> Listened:
        """Close the stream."""
        whole, behind, esses = (_dbfs(np.concatenate([np.zeros(0), *each])) for each in self._peaks)
        loud, usual, quiet = _shares(behind, _LOUD, _USUAL, _QUIET)
        whole_loud, whole_quiet = _shares(whole, _LOUD, _QUIET)
        return Listened(
            tone=self._tone.result(),
            peak_dbfs=float(whole.max()) if whole.size and whole.max() > _SILENT_DBFS else None,
            loud_dbfs=loud,
            usual_dbfs=usual,
            quiet_dbfs=quiet,
            whole_loud_dbfs=whole_loud,
            whole_quiet_dbfs=whole_quiet,
            esses_dbfs=_shares(esses, _SHARPEST)[0],
            falls_s=_falls_s(whole),
            low_side_db=_ratio_db(*reversed([_sum(each) for each in self._low_powers])),
        )


def listened_over_offset(blocks: Callable[[], Iterable[Block]], sample_rate_hz: int) -> Listened:
    """Read (2, frames) blocks through; once more without what lies below 20 Hz for an offset."""
    meter = OffsetMeter(2, sample_rate_hz)

    def metered() -> Iterator[Block]:
        for block in blocks():
            meter.add(block)
            yield block

    heard, offset = listened(metered(), sample_rate_hz), meter.result()
    if offset is None or amplitude_db(abs(offset)) < (heard.peak_dbfs or 0.0) - _OFFSET_DB:
        return heard
    above = _filter("high_pass", OFFSET_HZ, sample_rate_hz)
    heard = listened(map(above.process, blocks()), sample_rate_hz)
    return replace(heard, offset=offset)


def listened(blocks: Iterable[Block], sample_rate_hz: int) -> Listened:
    """Read (2, frames) blocks through."""
    listener = Listener(sample_rate_hz)
    for block in blocks:
        listener.add(block)
    return listener.result()


def _filter(shape: str, hz: float, sample_rate_hz: int) -> SosFilter:
    return SosFilter(passing(shape, hz, 2, sample_rate_hz), channels=2)


def _dbfs(peaks: Levels) -> Levels:
    levels: Levels = 20.0 * np.log10(np.maximum(peaks, linear(_SILENT_DBFS)))
    return levels


def _shares(levels: Levels, *shares: float) -> list[float | None]:
    """The levels that so many percent of the frames that hold sound do not exceed."""
    heard = np.sort(levels[levels > _SILENT_DBFS])
    if not heard.size:
        return [None for _ in shares]
    heard = heard[heard > _at(heard, _LOUDEST) - _BELOW_LOUDEST_DB]
    return [_at(heard, share) for share in shares]


def _at(ordered: Levels, share: float) -> float:
    return float(ordered[min(ordered.size - 1, int(share / 100.0 * ordered.size))])


def _falls_s(levels: Levels) -> float | None:
    """Return the median time from 5 to 25 dB under a local top, where the sound goes on falling.

    Frames lie 10 ms apart, and a rise of 3 dB ends a fall.
    """
    sounding = levels.max() if levels.size else 0.0
    times: list[float] = []
    top, lowest = -np.inf, np.inf
    start: int | None = None
    for n, level in enumerate(levels):
        if level >= top or level > lowest + 3.0:
            top, start, lowest = level, None, level
            continue
        lowest = min(lowest, level)
        if start is None and level < top - 5.0:
            start = n
        if start is not None and level < top - 5.0 - _FALL_DB:
            if top > sounding - _BELOW_LOUDEST_DB:
                times.append((n - start) / FRAMES_PER_S)
            top, start, lowest = level, None, level
    return float(np.median(times)) if len(times) > 2 else None


def _sum(parts: list[Levels]) -> float:
    return math.fsum(float(power) for part in parts for power in part)


def _ratio_db(power: float, other: float) -> float | None:
    if power <= 0.0 or other <= 0.0:
        return None
    return float(10.0 * np.log10(power / other))
