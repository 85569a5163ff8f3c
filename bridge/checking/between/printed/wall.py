"""The wall that a limiter of the mix leaves in the sum of the stems that were printed through it.

Each was turned down by as much as brought all together to the limiter's ceiling, so they still
meet there: one moment after another peaks at one level, though each is made up of other shares of
the stems. What merely sounds together does not; a stem that is limited by itself does so alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.excerpts import excerpt, loud_places, loudness_by_row
from bridge.checking.hearing import Heard

_SPAN_S, _PLACES = 1.0, 60
_PIECE_S = 0.05
"""As short as has a peak of a low bass in it."""
_AT_WALL_DB, _BELOW_DB, _OVERSHOOT_DB, _STEP_DB = 0.12, 0.6, 1.0, 0.02
_CROWDED = 2.5
"""At the wall are so many times more than in as wide a step under it; 9 and more printed."""
_FEWEST, _SHARE = 12, 0.04
"""Up to 8 moments of clean songs peak within so little, from 32 on of those that were printed."""
_SEVERAL = 0.1
"""From how far off all of the wall the largest part is of a moment that several stems make."""
_PART, _FEWEST_UNLIKE = 0.25, 8
"""What repeats itself makes the same peak again: moments count once whose parts are this near."""


@dataclass(frozen=True)
class Wall:
    """At which level the sum is held, and in which share of its loud moments."""

    level_dbfs: float
    share: float


def wall_of_sum(stems: Sequence[Heard]) -> Wall | None:
    """None where the sum of the stems, at the rate of most, peaks as it comes.

    Raises InputError as `StemAudio.read` does.
    """
    heard = [each for each in stems if each.audio.facts.channels <= 2]
    rates = Counter(each.audio.facts.sample_rate_hz for each in heard)
    if not rates:
        return None
    rate_hz, tops, parts = rates.most_common(1)[0][0], [], []
    for place_s in loud_places(_loudness(heard), _SPAN_S, _PLACES):
        start, frames = round(place_s * rate_hz), round(_SPAN_S * rate_hz)
        samples = np.stack([_stereo(excerpt(each.audio, start, frames, rate_hz)) for each in heard])
        size = round(_PIECE_S * rate_hz)
        for first in range(0, frames, size):
            piece = samples[:, :, first : first + size]
            total = piece.sum(axis=0)
            at = np.unravel_index(int(np.abs(total).argmax()), total.shape)
            top = float(total[at])
            if top:
                tops.append(abs(top))
                parts.append(piece[:, at[0], at[1]] / top)
    if len(tops) < _FEWEST:
        return None
    return _wall(20.0 * np.log10(np.asarray(tops)), np.asarray(parts))


def _loudness(stems: Sequence[Heard]) -> npt.NDArray[np.float64]:
    rows = [loudness_by_row(each) for each in stems]
    added = np.zeros(max((len(each) for each in rows), default=0))
    for each in rows:
        added[: len(each)] += each
    return added


def _stereo(samples: Block) -> Block:
    return np.broadcast_to(samples, (2, samples.shape[1]))


def _wall(peaks_db: npt.NDArray[np.float64], parts: Block) -> Wall | None:
    """Where most peaks lie, if they are crowded there; `parts` (pieces, stems) make each up."""
    steps = np.arange(round(_OVERSHOOT_DB / _STEP_DB)) * _STEP_DB
    levels = peaks_db.max() - steps
    counts = [np.count_nonzero(_within(peaks_db, level, _AT_WALL_DB)) for level in levels]
    level_db = float(levels[int(np.argmax(counts))])
    at_wall = _within(peaks_db, level_db, _AT_WALL_DB)
    several = at_wall & (np.abs(parts.max(axis=1) - 1.0) > _SEVERAL)
    count = np.count_nonzero(several)
    below = np.count_nonzero(_within(peaks_db, level_db - _AT_WALL_DB, _BELOW_DB - _AT_WALL_DB))
    is_crowded = count >= _CROWDED * below * _AT_WALL_DB / (_BELOW_DB - _AT_WALL_DB)
    if count < max(_FEWEST, _SHARE * len(peaks_db)) or not is_crowded:
        return None
    if len(np.unique(np.rint(parts[several] / _PART), axis=0)) < _FEWEST_UNLIKE:
        return None
    return Wall(level_db, np.count_nonzero(at_wall) / len(peaks_db))


def _within(
    peaks_db: npt.NDArray[np.float64], level_db: float, step_db: float
) -> npt.NDArray[np.bool_]:
    return (peaks_db <= level_db) & (peaks_db > level_db - step_db)
