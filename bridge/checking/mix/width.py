"""How wide the bus made the mix: one gain of its sides against its middle that all stems share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.mix.fitting import Fit
from bridge.checking.mix.products import Placed, Products, crossed, of_width
from bridge.checking.stem_audio import StemAudio
from stemwright.decibels import amplitude_db

NARROW = 0.05
"""Sides against the middle, over those of the stems, up to which a mix is taken to be mono."""
_LEAST_DB = 0.5
_PIECES, _PIECE_S = 12, 1.5
_LEAST_SIDE = 1e-4
"""Power of the stems' sides, of their middle's, from which on a mix can be wider."""

_Array = npt.NDArray[np.float64]


def is_as_wide(width: float) -> bool:
    """Whether sides against a middle are so near to the stems' that nothing made them wider."""
    return width > NARROW and abs(amplitude_db(width)) < _LEAST_DB


def width_in(mix: StemAudio, places: list[Placed], given: Products, fit: Fit) -> float:
    """The sides of a mix against its middle, over those of the stems at a fit's gains.

    1.0 where it or they have none. Some moments are read of both, spread over the mix. Raises
    InputError as `StemAudio.read` does.
    """
    if mix.facts.channels != 2:
        return 1.0
    wide = replace(mix, side_gain=1.0)
    sums = np.zeros((2, 2))
    for at, windows, rows in _pieces(wide, places, given, fit):
        shared = fit.shared[at : at + windows]
        middle, sides = (rows[:, 0] + rows[:, 1]) / 2.0, (rows[:, 0] - rows[:, 1]) / 2.0
        for row, part in enumerate((middle, sides)):
            cells = crossed(part[:, None], windows, *_lines(given)).astype(np.float64)
            sums[row] += (
                float((shared * cells[..., 0, 1]).sum()),
                float((np.square(shared) * cells[..., 0, 0]).sum()),
            )
    if sums[1, 1] <= _LEAST_SIDE * sums[0, 1] or sums[0, 0] <= 0.0:
        return 1.0
    gains = sums[:, 0] / sums[:, 1]
    return max(0.0, float(gains[1] / gains[0]))


def _pieces(
    mix: StemAudio, places: list[Placed], given: Products, fit: Fit
) -> Iterator[tuple[int, int, Block]]:
    """The first window, how many, and the stems' sum and the mix there."""
    size = round(given.window_s * given.rate_hz)
    total, windows = given.cells.shape[0], max(1, round(_PIECE_S / given.window_s))
    last = max(0, total - windows)
    for at in np.unique(np.linspace(0, last, _PIECES).astype(np.int64)):
        begin, frames = int(at) * size, windows * size
        summed = np.zeros((2, frames))
        for place, gain in zip(places, fit.gains, strict=True):
            if np.isfinite(gain):
                summed += gain * of_width(place.excerpt(begin, frames, given.rate_hz), 2)
        there = of_width(Placed(mix, 0).excerpt(begin, frames, given.rate_hz), 2)
        count = min(windows, total - int(at))
        yield int(at), count, np.stack([summed, there])[:, :, : count * size]


def _lines(given: Products) -> tuple[npt.NDArray[np.int64], int]:
    size = round(given.window_s * given.rate_hz)
    lines = [round(hz * size / given.rate_hz) for hz in given.edges_hz]
    return np.array(lines[:-1], np.int64), lines[-1] + 1
