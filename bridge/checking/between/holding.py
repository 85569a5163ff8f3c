"""Whether a stem holds another one: in every place where that sounds, with one gain.

By cells of time and frequency: where the holder has little else, taking the held one away leaves
next to nothing; and wherever the held one sounds, the holder has its share of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.audio import Block
from bridge.checking.correlation import of_one_width, weighted_median
from stemwright.decibels import power_db

_SIZE = 2048
_BANDS = 24
_BURIED = 10**-2.5
"""Power, of the holder's, under which a cell of the held one cannot be seen in it."""
_BEST_SHARE = 0.1
"""The share of cells, the best, by which it is told how exactly one is held."""
_TOO_LITTLE = 0.1
"""Power, of what would be held, under which a holder would have to have the rest cancel it."""
_MOST_DB = 99.0
_LEAST = 1e-14

_Cells = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Held:
    """How one stem is held by another: holder(t) is `gain` * held(t) and what else it holds.

    `share_db` is how far below the held one lies what differs, where the holder has little else;
    `steady` the share of places in which the gain is the same; `lacking` the share of cells in
    which the holder has too little to hold it.
    """

    gain: float
    share_db: float
    steady: float
    lacking: float


NOT_HELD = Held(0.0, 0.0, 0.0, 1.0)


def held(places: Sequence[tuple[Block, Block]]) -> Held:
    """How the second of each two (channels, frames), which lie frame by frame, is in the first.

    The more cells there are in which the first holds little else, the surer it is.
    """
    tables = [_products(*of_one_width(*place)) for place in places]
    tables = [each for each in tables if each.shape[1]]
    if not tables:
        return NOT_HELD
    own, both, theirs = np.concatenate(tables, axis=1)
    seen = theirs > np.maximum(_BURIED * own, _LEAST)
    if not seen.any():
        return NOT_HELD
    own, both, theirs = own[seen], both[seen], theirs[seen]
    sure = np.square(both) / np.maximum(own * theirs, _LEAST**2)
    weights = np.sqrt(theirs) * sure**4 + 1e-300
    gain = weighted_median((both / theirs).tolist(), weights.tolist())
    if not gain:
        return NOT_HELD
    left = (own - 2 * gain * both + gain**2 * theirs) / (gain**2 * theirs)
    order = np.argsort(left)
    added = np.cumsum(np.sqrt(theirs)[order])
    best = float(left[order[int(np.searchsorted(added, _BEST_SHARE * added[-1]))]])
    share_db = min(_MOST_DB, -power_db(max(best, 1e-30)))
    gains = [_gain(each) for each in tables]
    alike = [0.7 < each / gain < 1.3 for each in gains if each is not None]
    lacks = float(np.sqrt(theirs[own < _TOO_LITTLE * gain**2 * theirs]).sum() / added[-1])
    return Held(gain, share_db, sum(alike) / len(alike) if alike else 0.0, lacks)


def _gain(table: _Cells) -> float | None:
    """The gain in one place, every cell weighed by how well it can be seen; None where buried."""
    own, both, theirs = table
    seen = theirs > np.maximum(_BURIED * own, _LEAST)
    weights = 1.0 / (own[seen] + theirs[seen])
    size = float((weights * theirs[seen]).sum())
    return float((weights * both[seen]).sum()) / size if size > 4.0 else None


def _products(one: Block, other: Block) -> _Cells:
    """(3, cells): the power of one, its product with the other, the other's power, by cells."""
    edges = _edges()
    starts = np.arange(0, one.shape[1] - _SIZE + 1, _SIZE // 2)
    if not len(starts):
        return np.zeros((3, 0))
    window = np.hanning(_SIZE + 1)[:-1]
    tables = np.zeros((3, len(starts), len(edges)))
    for mine, theirs in zip(one, other, strict=True):
        at = starts[:, None] + np.arange(_SIZE)
        first, second = fft.rfft(mine[at] * window), fft.rfft(theirs[at] * window)
        for row, (left, right) in enumerate(((first, first), (first, second), (second, second))):
            values = left.real * right.real + left.imag * right.imag
            tables[row] += np.add.reduceat(values[:, 1:], edges - 1, axis=1)
    return tables.reshape(3, -1) / _SIZE


@cache
def _edges() -> npt.NDArray[np.int64]:
    """The first lines of the bands: even in frequency below, then by about a third octave."""
    lines = np.unique(np.round(np.geomspace(1, _SIZE // 2, _BANDS)).astype(np.int64))
    return lines[:-1]
