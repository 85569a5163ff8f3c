"""Where the search of linear inserts begins: their responses are cheap, and lead close to it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bridge.advising.fitting.descending import Descent, Positions, Vector
from bridge.advising.fitting.hopping import Hopping
from bridge.advising.fitting.responses import FRAMES, ResponseRow
from bridge.advising.fitting.rows import Row
from bridge.advising.fitting.scoring import SamePerformance, Score
from bridge.advising.fitting.search import Led, View

_TRIED = 2
_MIDDLE = (0.3, 0.7)
_MOST_SHARE = 0.5
_NEAR_DB = 0.03
"""Root mean square over the bands: cross-spectra alone come as near to a response as that."""
_CLOSER = Descent(step=1e-4, better=1e-6, scale="jac", most_steps=8)
_FLOOR_DBFS, _UNDER_DB = -110.0, 70.0
"""What need not be left for what is nearer: so little, and so far under the target."""


def led_to(row: Row, score: Score, most: int, seed: int) -> Led | None:
    """A place that the row's responses lead to; None where they do not tell what comes out.

    At most half of `most` evaluations are made, a response counting as the share that it is of the
    excerpt. Raises RenderError.
    """
    if not isinstance(score, SamePerformance) or score.target.shape[1] < FRAMES:
        return None
    count = len(row.knobs)
    made = _TRIED + 1
    if made > _MOST_SHARE * most or not count:
        return None
    seen = ResponseRow(row, score)
    others = np.random.default_rng(seed).uniform(*_MIDDLE, (_TRIED, count))
    if not seen.tells(np.array([row.start, *others])):
        return None

    def differences(rows: Sequence[Positions], view: View) -> list[Vector]:
        return [found for _, found in seen.judged(np.array(rows), view)]

    hopping = Hopping(lambda rows: differences(rows, "broad"), row.knobs, row.start, seed)
    place = hopping.found(int((_MOST_SHARE * most - made) / seen.share), _NEAR_DB)
    made += math.ceil(place.evaluations * seen.share)
    moving = [n for n in range(count) if n not in place.idle and not row.knobs[n].is_choice]
    positions = np.array(place.positions)
    if moving and made + _CLOSER.most_steps * (len(moving) + 2) <= most:

        def exactly(rows: Sequence[Positions]) -> list[Vector]:
            nonlocal made
            made += len(rows)
            return differences(rows, "exact")

        positions, _ = _CLOSER.end(positions, moving, exactly)
    return Led(
        tuple(map(float, positions)), made, place.idle, min(_FLOOR_DBFS, score.level_db - _UNDER_DB)
    )
