"""A bus that moves by bands, as a compressor of three: followed octave by octave.

Each octave has a gain of its own by moments, at a rate that holds it. Faders are told by where
stems meet within an octave, and by all octaves together.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.checking.mix.following.moments import (
    LOOSE,
    MOMENT_S,
    Array,
    moved_rows,
    read_pieces,
    solved,
    weighed,
)
from bridge.checking.mix.holding import Held
from bridge.checking.mix.products import Placed, Products
from bridge.checking.mix.tables import Tables
from stemwright.decibels import power_db
from stemwright.values import dataclass

_LOWEST_HZ = 100.0
_FADED = 2.0 ** (1.0 / 3.0)
"""How far to both sides of its edge, as a factor, an octave fades into the next."""
_OVER = 2.0
"""How many times more often than it must be, an octave is sampled: its gain moves as well."""
_LEAST = 1e-30


@dataclass(frozen=True)
class ByOctaves:
    """What the gains change, and how far below the mix lies what is left then, in dB."""

    change: Array
    explained_db: float


def by_octaves(held: Held, places: Sequence[Placed], gains: Array) -> ByOctaves:
    """One step from some gains. Reads all once. Raises InputError as `StemAudio.read` does."""
    tables, there = _heard(held, places, gains)
    change, left = np.zeros(tables.stems), tables.there
    for loose in LOOSE:
        weights = weighed(left, there, float(loose))
        change = solved(*tables.weighed(weights, weights))
        shared, single = tables.predicted(change)
        left = np.maximum(tables.there - 2.0 * single + shared, 0.0)
    part = max(float(left.sum()), _LEAST) / max(float(there.sum()), _LEAST)
    return ByOctaves(change, -power_db(part))


def _heard(held: Held, places: Sequence[Placed], gains: Array) -> tuple[Tables, Array]:
    """Tables of what a stem's gain changes and what is left, and the mix's power by cell."""
    given, count = held.given, len(places)
    octaves = list(pairwise(_edges_hz(given.rate_hz)))
    shape = given.cells.shape[0], len(octaves)
    first, second = np.triu_indices(count)
    own = np.zeros((*shape, len(first)), np.float32)
    both = np.zeros((*shape, count), np.float32)
    left, there = np.zeros((2, *shape))
    for at, windows, samples in read_pieces(held, places):
        spectra = fft.rfft(samples)
        some = slice(at, at + windows)
        for octave, edges_hz in enumerate(octaves):
            cells = _cells(spectra, edges_hz, gains, given, windows)
            own[some, octave] = cells[:, first, second]
            both[some, octave] = cells[:, :count, -1]
            left[some, octave], there[some, octave] = cells[:, -1, -1], cells[:, -2, -2]
    flat = left.size
    return Tables(own.reshape(flat, -1), both.reshape(flat, -1), left), there


def _edges_hz(rate_hz: int) -> list[float]:
    count = int(np.log2(0.5 * rate_hz / _LOWEST_HZ / _FADED))
    return [0.0, *(_LOWEST_HZ * 2.0**octave for octave in range(count)), 0.5 * rate_hz]


def _cells(
    spectra: npt.NDArray[np.complex128],
    edges_hz: tuple[float, float],
    gains: Array,
    given: Products,
    windows: int,
) -> Array:
    """(windows, rows, rows) of `moved_rows` in one octave; a window lies before and behind."""
    low, high = edges_hz
    size = round(given.window_s * given.rate_hz)
    least = int(np.ceil(2.0 * _OVER * high * _FADED * given.window_s))
    mine = min(size, least)
    frames, whole = (windows + 2) * mine, (windows + 2) * size
    lines = min(frames // 2 + 1, spectra.shape[-1])
    hz = np.arange(lines) * (given.rate_hz / whole)
    shape = _under(hz, high, given.rate_hz) - _under(hz, low, given.rate_hz)
    octave = fft.irfft(spectra[..., :lines] * shape, frames) * (frames / whole)
    rate_hz, moment_s = mine / given.window_s, max(MOMENT_S, 1.0 / high)
    rows = moved_rows(octave[:-1], octave[-1], gains, rate_hz, moment_s)[:, :, mine:-mine]
    parts = rows.reshape(len(rows), rows.shape[1], windows, mine).transpose(2, 0, 1, 3)
    flat = parts.reshape(windows, len(rows), -1)
    return np.asarray(flat @ flat.transpose(0, 2, 1) / flat.shape[2])


def _under(hz: Array, edge_hz: float, rate_hz: int) -> Array:
    """What lies under an edge, faded over two thirds of an octave."""
    if not edge_hz:
        return np.zeros_like(hz)
    if edge_hz >= 0.5 * rate_hz:
        return np.ones_like(hz)
    octaves = np.log2(np.maximum(hz, 1e-3) / edge_hz) / np.log2(_FADED)
    return np.asarray(0.5 - 0.5 * np.sin(0.5 * np.pi * np.clip(octaves, -1.0, 1.0)))
