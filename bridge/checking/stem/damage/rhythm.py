"""What comes on a grid of time is played, not broken: a fault keeps no tempo."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_SLOWEST_HZ, _FASTEST_HZ = 1.0, 12.0
"""Steps of a grid: from a beat of 60 a minute to sixteenths of 180."""
_ROLLS_HZ = 50.0
"""Of stutters and gates: to 64ths of 180."""
_NEAR_S = 0.0001
_ONE_S = 0.002
_FEWEST, _FEWEST_IN_ROLLS = 5, 8
_SHARE = 0.4
"""Of the moments: with a swing every second lies on a grid of its own."""
_GRIDS = 2
_MOST = 200
_FINE = 8
"""Steps tried within a turn over all moments."""
_PEAKS = 12
_NARROWING = (0.12, 0.06, 0.03, 0.012, 0.006)
"""Turns from which on a moment does not count, while a step is made exact."""

_Times = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]


def on_a_grid(frames: npt.ArrayLike, rate_hz: int, rolls: bool = False) -> _Flags:
    """Which of the moments, in order, lie on whole steps of one length, within 0.1 ms.

    Five of them or more do: fewer lie so by chance. Those within 2 ms are one. With `rolls`, eight
    of them may lie on steps as short as those of a stutter.
    """
    moments = np.asarray(frames, np.float64)
    begins = np.diff(moments, prepend=-np.inf) > _ONE_S * rate_hz
    times = moments[begins] / rate_hz
    played = np.zeros(len(times), np.bool_)
    slow, fast = ((_SLOWEST_HZ, _FASTEST_HZ), _FEWEST), ((_FASTEST_HZ, _ROLLS_HZ), _FEWEST_IN_ROLLS)
    for within_hz, fewest in (slow, fast, slow) if rolls else (slow,):
        left = np.flatnonzero(~played)
        played[left] = _in_time(times[left], within_hz, fewest)
    return np.asarray(played[np.cumsum(begins) - 1])


def _in_time(moments_s: _Times, within_hz: tuple[float, float], fewest: int) -> _Flags:
    times = moments_s[:_MOST]
    played = np.zeros(len(moments_s), np.bool_)
    for _ in range(_GRIDS):
        left = np.flatnonzero(~played[: len(times)])
        if len(left) < fewest:
            break
        fits = _best(times[left], within_hz)
        if np.count_nonzero(fits) < max(fewest, _SHARE * len(left)):
            break
        played[left[fits]] = True
    return played


def _best(times: _Times, within_hz: tuple[float, float]) -> _Flags:
    span_s = max(float(np.ptp(times)), 1.0)
    steps_hz = np.arange(*within_hz, 1.0 / (_FINE * span_s))
    heights = np.concatenate(
        [
            np.abs(np.exp(2j * np.pi * some[:, None] * times).mean(axis=1))
            for some in np.array_split(steps_hz, 1 + len(steps_hz) // 4096)
        ]
    )
    padded = np.pad(heights, 1)
    peaks = np.flatnonzero((heights >= padded[:-2]) & (heights > padded[2:]))
    likely = steps_hz[peaks[np.argsort(-heights[peaks], kind="stable")[:_PEAKS]]]
    grids = (_fitting(times, float(hz), within_hz) for hz in likely)
    return max(grids, key=np.count_nonzero)


def _fitting(times: _Times, hz: float, within_hz: tuple[float, float]) -> _Flags:
    """The moments on the grid near this one."""
    middle = float(times.mean())
    start = float(np.angle(np.exp(2j * np.pi * hz * (times - middle)).mean())) / (2 * np.pi)
    for within in _NARROWING:
        off = _off(times - middle, hz, start)
        near = np.abs(off) < within
        if np.count_nonzero(near) < _FEWEST:
            return np.zeros(len(times), np.bool_)
        slope, more = np.polyfit(times[near] - middle, off[near], 1)
        hz, start = hz - float(slope), start + float(more)
    if not within_hz[0] <= hz <= within_hz[1]:
        return np.zeros(len(times), np.bool_)
    return np.asarray(np.abs(_off(times - middle, hz, start)) < _NEAR_S * hz)


def _off(times: _Times, hz: float, start: float) -> _Times:
    """How far each lies off the grid, in turns of -0.5..0.5."""
    turns = times * hz - start
    return np.asarray(turns - np.round(turns))
