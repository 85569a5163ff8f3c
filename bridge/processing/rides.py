"""Rides: gains over the song's time, linear in dB between points.

Worked by +, -, * and / alone, from each sample's own place in the song, so that every CPU and
every cut into blocks gives the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from bridge.processing.gain_series import Array, gains_of

Points = Sequence[tuple[float, float]]


def ride_gains(rides: Sequence[Points], start: int, frames: int, rate_hz: int) -> Array | None:
    """Return the (frames,) linear gains from the song's frame `start` on; None for 0 dB all along.

    Each ride has points (seconds, dB) in order; several add up in dB.
    """
    times_s = np.arange(start, start + frames, dtype=np.float64)
    times_s /= rate_hz
    level_db = np.zeros(frames)
    for points in rides:
        level_db += _level_db(points, times_s)
    return gains_of(level_db) if level_db.any() else None


def _level_db(points: Points, times_s: Array) -> Array:
    """Of points at one time, the last counts from then on."""
    firsts = np.searchsorted(times_s, [seconds for seconds, _ in points])
    level_db = np.full(len(times_s), float(points[-1][1]))
    level_db[: firsts[0]] = points[0][1]
    spans = zip(pairwise(points), pairwise(firsts), strict=True)
    for ((start_s, start_db), (end_s, end_db)), (first, end) in spans:
        if first == end:
            continue
        part = times_s[first:end] - start_s
        part /= end_s - start_s
        part *= end_db - start_db
        part += start_db
        level_db[first:end] = part
    return level_db
