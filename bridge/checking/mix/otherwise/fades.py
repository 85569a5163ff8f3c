"""Where the rough mix fades in or out that its stems do not: no bus does that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bridge.checking.mix.fitting import Fit
from stemwright.words import clock

_UP = 0.75
"""A gain that so much of the time is not over is that of all that does not fade."""
_DEEP_DB = -10.0
"""How far down a fade goes at least."""
_LEAST_S, _PARTS = 1.0, 4
"""How long it is at least, and in how many parts, each further down than the one before."""
_HEARD = 1e-6
"""Power of the stems, of that of their louder windows, under which no gain is known."""
_STEADY_DB, _MOST_OF_IT = 0.3, 0.9
"""Up to where a gain stays, and in how much of the time."""
_LEAST = 1e-6

_Row = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fades:
    """`in_s` is when a fade in has come up, `out_s` when one out begins; None where there is none.

    `is_all` says that the gain that all stems share does not move otherwise.
    """

    in_s: float | None = None
    out_s: float | None = None
    is_all: bool = True

    def words(self) -> Iterator[str]:
        """A few words for each."""
        if self.in_s is not None:
            yield f"it fades in until {clock(self.in_s, 0)}"
        if self.out_s is not None:
            yield f"it fades out from {clock(self.out_s, 0)} on"


def fades(fit: Fit, window_s: float) -> Fades:
    """Those of the gain that moves in a fit."""
    shared = fit.expected.sum(axis=1) / np.maximum(np.square(fit.moved), _LEAST**2)
    heard = shared > _HEARD * float(np.percentile(shared, 95))
    levels_db = 20.0 * np.log10(np.maximum(fit.moved[heard], _LEAST))
    levels_db -= np.quantile(levels_db, _UP) if len(levels_db) else 0.0
    least = round(_LEAST_S / window_s)
    begins = _begins(levels_db, least)
    comes_up = len(levels_db) - _begins(levels_db[::-1], least)
    times_s = window_s * np.flatnonzero(heard)
    steady = np.abs(levels_db[comes_up:begins]) < _STEADY_DB
    return Fades(
        float(times_s[comes_up]) if 0 < comes_up < len(times_s) else None,
        float(times_s[begins]) if begins < len(times_s) else None,
        bool(len(steady)) and float(steady.mean()) >= _MOST_OF_IT,
    )


def _begins(levels_db: _Row, least: int) -> int:
    """The window with which a fade to the end begins, their number where there is none."""
    total = len(levels_db)
    up = np.flatnonzero(levels_db > -_STEADY_DB)
    begins = int(up[-1]) + 1 if len(up) else total
    if total - begins < max(least, _PARTS):
        return total
    parts = [float(np.median(part)) for part in np.array_split(levels_db[begins:], _PARTS)]
    falls = all(after < before for before, after in pairwise(parts))
    return begins if falls and parts[-1] <= _DEEP_DB else total
