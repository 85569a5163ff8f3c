"""Which values stand far above all near them on both sides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

STANDS_OUT = 2.0
_FLOOR = 2e-6

Values = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


def standing_out(values: Values, around: int, guard: int, least: float) -> tuple[Places, Values]:
    """The places of values over `least` that are over twice as high as all near them, and by what.

    Near are `around` values on each side, beyond the `guard` next ones; where half of them would
    lie beyond an end, none are. What rises out of nothing does not stand out.
    """
    places = _likely(values, around, guard, least)
    half = around // 2
    sides = np.pad(values, guard + around)
    windows = np.lib.stride_tricks.sliding_window_view(sides, around)
    before = windows[places + around - 2 * half].max(axis=1)
    behind = windows[places + around + 2 * guard].max(axis=1)
    before[places < half + guard] = 0.0
    behind[places >= len(values) - half - guard] = 0.0
    beside = np.maximum(np.maximum(before, behind), np.float32(_FLOOR))
    beside[(before < _FLOOR) & (behind > _FLOOR)] = np.inf  # a sound's first sample out of silence
    ratios = values[places] / beside
    out = ratios > STANDS_OUT
    return places[out], ratios[out]


def _likely(values: Values, around: int, guard: int, least: float) -> Places:
    """Those that may stand out: over twice what whole pieces of `guard` values near them have."""
    size = max(1, guard)
    pieces = np.pad(values, (0, -len(values) % size)).reshape(-1, size)
    tops = pieces.max(axis=1)
    before, behind = np.zeros((2, len(tops)), np.float32)
    for far in range(2, around // size):
        np.maximum(before[far:], tops[:-far], out=before[far:])
        np.maximum(behind[:-far], tops[far:], out=behind[:-far])
    reach = around // 2 + guard
    before[: -(-reach // size)] = 0.0
    behind[max(0, len(values) - reach) // size :] = 0.0
    beside = np.maximum(before, behind)
    limits = np.maximum(STANDS_OUT * beside, least)
    likely = np.flatnonzero(tops > limits)
    rows, columns = np.nonzero(pieces[likely] > limits[likely, None])
    return likely[rows] * size + columns
