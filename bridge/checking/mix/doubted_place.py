"""Whether the place of a rough mix in the song is sure: not where another explains it as well."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bridge.checking.findings import MixFit
from bridge.checking.mix.holding import Held
from bridge.checking.mix.placing import SAME_PLACE_S
from bridge.checking.mix.telling import common_place
from stemwright.words import listed

_AS_WELL_DB, _SAME_GAINS_DB = 1.0, 0.5
_ANYWHERE_DB = 20.0
"""Explained of the mix, below which a stem far from the others says that their place is wrong."""
_ABSENT = 0.06
"""Gain, of the loudest stem's, below which a stem may as well lie anywhere."""


def is_rival(best: MixFit, other: MixFit) -> bool:
    """Whether another place explains as much and says other gains."""
    if other.explained_db < best.explained_db - _AS_WELL_DB:
        return False
    there = {each.id: each.gain_db for each in other.stems}
    apart_db = [
        each.gain_db - there[each.id]
        for each in best.stems
        if math.isfinite(each.gain_db) and math.isfinite(there.get(each.id, math.nan))
    ]
    is_same = bool(apart_db) and float(np.ptp(apart_db)) <= _SAME_GAINS_DB
    return not is_same


def rivals_words(best: Held, other: Held) -> str:
    """Which two places explain a mix as well."""
    one_s, two_s = (common_s(each) for each in (best, other))
    return f"it fits nearly as well {abs(two_s - one_s):.3f} s {_way(two_s - one_s)} in the song"


def apart(held: Held) -> list[int]:
    """The rows of stems that are heard in it far from the place where most lie."""
    gains, most_s = np.abs(np.nan_to_num(held.fit.gains)), common_s(held)
    least = _ABSENT * float(gains.max(initial=0.0))
    return [
        row
        for row, place in enumerate(held.places)
        if gains[row] > least and abs(place.late / held.given.rate_hz - most_s) > SAME_PLACE_S
    ]


def apart_words(held: Held, ids: Sequence[str]) -> str:
    """Which stems say another place than most, where too little is explained to have both."""
    far = [ids[row] for row in apart(held)]
    if not far or held.fit.explained_db >= _ANYWHERE_DB:
        return ""
    verb = "says" if len(far) == 1 else "say"
    return f"{listed(far, 3)} {verb} another place in the song than the other stems"


def common_s(held: Held) -> float:
    """How much later most stems lie in the mix, in seconds."""
    return common_place([each.late for each in held.places]) / held.given.rate_hz


def _way(less_s: float) -> str:
    return "earlier" if less_s > 0.0 else "later"
