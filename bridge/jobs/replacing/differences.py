"""A new file against the stem it replaces: how late, how loud, how long, and where it differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain as joined
from typing import Any

import numpy as np
import numpy.typing as npt

from bridge.audio import Block, reblocked, resampled_frames
from bridge.comparing import (
    HALF_TAPS,
    TRUSTED,
    Alignment,
    Streams,
    advanced_stream,
    align,
    from_frame,
)
from bridge.jobs.replacing.sounds import StemSound, padded_together
from stemwright.decibels import amplitude_db, linear, power_db

_WINDOWS_PER_S = 100
_UNHEARD_POWER = linear(-84.0) ** 2
"""Mean square of what 16 bits and their dither may leave, and somewhat more."""
_APART = 1e-3
"""Share of a window's power that is another sound: rounding and resampling leave less."""
_GAP_WINDOWS = 10
_LEAST_TRUSTED = 0.2
"""Correlation of what may be the same all the same, where most of the sound is another."""
_LEAST_SAME, _LEAST_SAME_WINDOWS = 0.1, 20
_LIKE = 0.9
_EQUAL_DB = 0.0005

Windows = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Span:
    """A stretch that differs, in seconds of the old file; `residual_dbfs` is the RMS of what does.

    Alignment and gain are taken out before.
    """

    start_s: float
    end_s: float
    residual_dbfs: float

    def as_json(self) -> dict[str, float]:
        """To the ten milliseconds that were looked at."""
        return {
            "from_s": round(self.start_s, 3),
            "to_s": round(self.end_s, 3),
            "residual_dbfs": round(self.residual_dbfs, 1),
        }


@dataclass(frozen=True)
class StemDifference:
    """What a new file is against the old one; an offset is positive where the new one is late.

    `offset_frames` counts frames of the new file, with fractions. It, `gain_db` and `polarity` are
    None where the two have no sound in common. Lengths are in seconds.
    """

    old: StemSound
    new: StemSound
    offset_frames: float | None
    gain_db: float | None
    polarity: int | None
    confidence: float
    drift_ppm: float | None
    spans: tuple[Span, ...]

    @property
    def whole_frames(self) -> int:
        """The offset that can be taken out without touching a sample."""
        return 0 if self.offset_frames is None else round(self.offset_frames)

    def as_json(self) -> dict[str, Any]:
        """What `replace --json` tells of one pair."""
        late = self.offset_frames
        return {
            "related": late is not None,
            "confidence": round(self.confidence, 4),
            "offset_frames": None if late is None else round(late, 3),
            "offset_ms": None if late is None else round(1000 * late / self.new.rate_hz, 4),
            "gain_db": None if self.gain_db is None else round(self.gain_db, 3),
            "polarity": self.polarity,
            "drift_ppm": None if self.drift_ppm is None else round(self.drift_ppm, 3),
            "old": _told(self.old),
            "new": _told(self.new),
            "differs": [each.as_json() for each in self.spans],
        }


def _told(sound: StemSound) -> dict[str, Any]:
    return {
        "files": [str(path) for path in sound.paths],
        "format": sound.kind,
        "sample_rate_hz": sound.rate_hz,
        "channels": sound.channels,
        "frames": sound.frames,
        "length_s": round(sound.frames / sound.rate_hz, 6),
    }


def stem_difference(old: StemSound, new: StemSound) -> StemDifference:
    """Compare a new file with the one it replaces, at the new one's rate.

    Raises InputError as `read_blocks` does.
    """
    streams = _streams(old, new)
    found, confidence = (None, 0.0) if streams is None else align(streams, trusted=_LEAST_TRUSTED)
    if streams is None or found is None:
        return _another(old, new, confidence)
    sums = _sums(streams, found)
    factor = _factor(sums, found)
    if confidence < TRUSTED and not _is_same_in_part(sums, factor, streams):
        return _another(old, new, confidence)
    gain_db = amplitude_db(factor)
    drift_ppm = None if found.drift is None else found.drift.ppm
    return StemDifference(
        old,
        new,
        found.offset_frames,
        0.0 if abs(gain_db) < _EQUAL_DB else gain_db,
        found.polarity,
        confidence,
        drift_ppm,
        tuple(_spans(sums, factor, streams)),
    )


def _another(old: StemSound, new: StemSound, confidence: float) -> StemDifference:
    """A file with other sound than the one it replaces."""
    differs = tuple(_throughout(old, new))
    return StemDifference(old, new, None, None, None, confidence, None, differs)


def likeness(old: StemSound, new: StemSound) -> float:
    """How much two files are the same sound, wherever it lies and however loud: 0 to 1."""
    streams = _streams(old, new)
    if streams is None:
        return 0.0
    found, confidence = align(streams)
    return 0.0 if found is None else confidence


def _streams(old: StemSound, new: StemSound) -> Streams | None:
    """Both at the new one's rate and the wider one's channels; None where those do not fit."""
    channels = max(old.channels, new.channels)
    if old.channels != new.channels and min(old.channels, new.channels) > 1:
        return None
    rate_hz = new.rate_hz
    return Streams(
        lambda: old.heard(rate_hz, channels),
        lambda: new.heard(rate_hz, channels),
        (resampled_frames(old.frames, old.rate_hz, rate_hz), new.frames),
        rate_hz,
        channels,
    )


def _throughout(old: StemSound, new: StemSound) -> Iterator[Span]:
    """All of both, as loud as the louder one; nothing where both are silent."""
    power = max(_power(old), _power(new))
    if power > 0.0:
        yield Span(0.0, max(old.frames / old.rate_hz, new.frames / new.rate_hz), power_db(power))


def _power(sound: StemSound) -> float:
    total = sum(float(np.square(block).sum()) for block in sound.heard(sound.rate_hz, 1))
    return total / max(1, sound.frames * sound.channels)


@dataclass(frozen=True, eq=False)
class _Sums:
    """Products of old and new, (windows,) each, summed over 10 ms and all channels."""

    old: Windows
    both: Windows
    new: Windows

    def residual(self, factor: float) -> Windows:
        """The power of what is left once the new one is divided by `factor`."""
        left: Windows = self.new / factor**2 - 2.0 * self.both / factor + self.old
        return np.maximum(left, 0.0)


def _sums(streams: Streams, found: Alignment) -> _Sums:
    edges = np.arange(_WINDOWS_PER_S) * streams.rate_hz // _WINDOWS_PER_S
    rows: list[Windows] = []
    upright = np.array(found.signs or (1,))[:, None]
    for old, read in _together(streams, found):
        new = (read[::-1] if found.swapped else read) * upright
        starts = edges[edges < old.shape[1]]
        products = np.stack([(old * old).sum(0), (old * new).sum(0), (new * new).sum(0)])
        rows.append(np.add.reduceat(products, starts, axis=1))
    return _Sums(*np.concatenate(rows, axis=1))


def _together(streams: Streams, found: Alignment) -> Iterator[tuple[Block, Block]]:
    """Old and new by the second on the old one's clock, from its start to the end of the longer."""
    whole = round(found.offset_frames)
    half = (found.offset_frames - whole) / 2
    before = np.zeros((streams.channels, max(0, -whole)))
    old: Iterable[Block] = streams.a()
    new: Iterable[Block] = joined([before], from_frame(streams.b(), max(0, whole)))
    if half:
        # Half the fraction each: the interpolator must not tell them apart.
        margin = np.zeros((streams.channels, HALF_TAPS))
        old = advanced_stream(joined([margin], old, [margin]), -half)
        new = advanced_stream(joined([margin], new, [margin]), half)
    cut = (reblocked(each, streams.rate_hz) for each in (old, new))
    yield from padded_together(*cut)


def _factor(sums: _Sums, found: Alignment) -> float:
    """How much louder the new one is where it is the same: the middle of the windows by power."""
    alike = sums.both > _LIKE * np.sqrt(sums.old * sums.new)
    alike &= sums.old > 0.0
    if not alike.any():
        return linear(found.gain_db)
    ratios, weights = sums.both[alike] / sums.old[alike], sums.old[alike]
    order = np.argsort(ratios)
    passed = np.cumsum(weights[order])
    return float(ratios[order][np.searchsorted(passed, passed[-1] / 2)])


def _is_same_in_part(sums: _Sums, factor: float, streams: Streams) -> bool:
    """Whether the two are the same sound in some part: another take is in none."""
    samples = streams.channels * streams.rate_hz / _WINDOWS_PER_S
    louder = np.maximum(sums.old, sums.new / factor**2)
    sounding = louder > _UNHEARD_POWER * samples / _APART
    same = sounding & (sums.residual(factor) < _APART * louder)
    return int(same.sum()) >= max(_LEAST_SAME_WINDOWS, _LEAST_SAME * int(sounding.sum()))


def _spans(sums: _Sums, factor: float, streams: Streams) -> Iterator[Span]:
    left = sums.residual(factor)
    louder = np.maximum(sums.old, sums.new / factor**2)
    samples = streams.channels * streams.rate_hz / _WINDOWS_PER_S
    differs = np.flatnonzero((left > _APART * louder) & (left > _UNHEARD_POWER * samples))
    if not differs.size:
        return
    end_s = max(streams.lengths) / streams.rate_hz
    for run in np.split(differs, np.flatnonzero(np.diff(differs) > _GAP_WINDOWS) + 1):
        first, last = int(run[0]), int(run[-1]) + 1
        power = float(left[first:last].mean()) / samples
        until_s = min(last / _WINDOWS_PER_S, max(end_s, (first + 1) / _WINDOWS_PER_S))
        yield Span(first / _WINDOWS_PER_S, until_s, power_db(power))
