"""Where the search of linear inserts begins: their responses are cheap, and lead close to it.

What stands behind them need not be linear: it then says by how much each band is too soft or too
loud in the end, and the inserts are sought that make up for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from bridge.advising.fitting.descending import Descent, Positions, Vector
from bridge.advising.fitting.hopping import Hopping
from bridge.advising.fitting.responses import FRAMES, Bands, ResponseRow
from bridge.advising.fitting.rows import Row
from bridge.advising.fitting.scoring import SamePerformance, Score
from bridge.advising.fitting.search import Led, View
from bridge.advising.fitting.time_limit import TimeLimit

_TRIED = 2
_MIDDLE = (0.3, 0.7)
_MOST_SHARE = 0.5
_TURNS, _TURN_SHARE = 3, 0.16
_NEAR_DB = 0.03
"""Root mean square over the bands: cross-spectra alone come as near to a response as that."""
_HOPS_A_KNOB = 40
"""So many are hopped with before any are kept for another way: few go the way of more."""
_LEAST_STEPS = 4
_CLOSER = Descent(step=1e-4, better=1e-6, scale="jac", most_steps=8)
_FLOOR_DBFS, _UNDER_DB = -110.0, 70.0
"""What need not be left for what is nearer: so little, and so far under the target."""


def led_to(
    row: Row, score: Score, most: int, seed: int, limit: TimeLimit | None = None
) -> Led | None:
    """A place that the row's responses lead to; None where they do not tell what comes out.

    At most half of `most` evaluations are made, or as many as leave enough to end with where those
    are few, a response counting as the share that it is of the excerpt; what is found by the end of
    that share of the time is it. Raises RenderError.
    """
    if not isinstance(score, SamePerformance) or score.target.shape[1] < FRAMES:
        return None
    count, limit = len(row.knobs), limit or TimeLimit()
    if _MOST_SHARE * most < _TRIED + 1 or not count:
        return None
    others = np.random.default_rng(seed).uniform(*_MIDDLE, (_TRIED, count))
    tried = np.array([row.start, *others])
    seen = ResponseRow(row, score)
    if seen.tells(tried):
        return _led_whole(row, seen, score, most, seed, limit)
    if row.head is row:
        return None
    seen = ResponseRow(row.head, score)
    return _led_before(row, seen, score, most, seed, limit) if seen.tells(tried) else None


def _led_whole(
    row: Row,
    seen: ResponseRow,
    score: SamePerformance,
    most: int,
    seed: int,
    limit: TimeLimit,
) -> Led:
    """All of the row is linear: responses tell what comes out of it."""
    made, count = _TRIED + 1, len(row.knobs)

    def differences(rows: Sequence[Positions], view: View) -> list[Vector]:
        return [found for _, found in seen.judged(np.array(rows), view)]

    hops = _hops(most, made, count)
    hopping = Hopping(
        lambda rows: differences(rows, "broad"),
        row.knobs,
        row.start,
        seed,
        is_over=partial(limit.is_over, hops / most),
    )
    place = hopping.found(int(hops / seen.share), _NEAR_DB)
    made += math.ceil(place.evaluations * seen.share)
    moving = [n for n in range(count) if n not in place.idle and not row.knobs[n].is_choice]
    positions = np.array(place.positions)
    steps = min(_CLOSER.most_steps, (most - made) // (len(moving) + 2))
    if moving and steps >= _LEAST_STEPS and not limit.is_over():

        def exactly(rows: Sequence[Positions]) -> list[Vector]:
            nonlocal made
            made += len(rows)
            return differences(rows, "exact")

        positions, _ = replace(_CLOSER, most_steps=steps).end(positions, moving, exactly)
    return Led(tuple(map(float, positions)), made, place.idle, _floor(score))


def _hops(most: int, made: int, count: int) -> float:
    """How many evaluations may be hopped with: half, or of few all that need not be left."""
    left = most - made - _LEAST_STEPS * (count + 2)
    return max(_MOST_SHARE * most - made, min(left, _HOPS_A_KNOB * count))


def _led_before(
    row: Row,
    seen: ResponseRow,
    score: SamePerformance,
    most: int,
    seed: int,
    limit: TimeLimit,
) -> Led:
    """What is turned is linear, what is behind is not: a few times what it lacks in the end."""
    made, place = 2 * (_TRIED + 1), np.array(row.start)
    least, best = np.inf, place
    over = partial(limit.is_over, _MOST_SHARE)
    share = seen.share * len(row.head.parts) / len(row.parts)
    for turn in range(_TURNS + 1):
        (now,) = row.heard(np.array([place]))
        made += 1
        if score.distance(now) < least:
            least, best = score.distance(now), place
        if turn == _TURNS or over():
            break
        (response,) = seen.responses(np.array([place]))
        off = partial(_off, seen, seen.levels(response) + seen.missing(now))
        hopping = Hopping(
            off, row.knobs, tuple(map(float, place)), seed + turn, is_rough=True, is_over=over
        )
        found = hopping.found(int(_TURN_SHARE * most / share), _NEAR_DB)
        made += math.ceil((found.evaluations + 1) * share)
        place = np.array(found.positions)
    return Led(tuple(map(float, best)), made, (), _floor(score))


def _off(seen: ResponseRow, wanted: Bands, rows: Sequence[Positions]) -> list[Vector]:
    return list(seen.off_by(np.array(rows), wanted))


def _floor(score: SamePerformance) -> float:
    return min(_FLOOR_DBFS, score.level_db - _UNDER_DB)
