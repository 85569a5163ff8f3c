"""Beats for a session's seconds: what lies at a second stays there, whatever its tempo does."""

from __future__ import annotations

import math
from itertools import pairwise

from sessions.model.session import Session, TempoCurve
from sessions.model.tempo import TempoMap

_LEVEL = 1e-12
_USUAL_BPM = 120.0

Point = tuple[float, float, TempoCurve]


def beat_points(session: Session) -> list[Point]:
    """The tempo as (beat, quarter notes a minute, curve), ramps linear over beats.

    Every point stays at its second. A ramp that was linear over time takes another way between
    two points, and another number of beats.
    """
    tempos = sorted(session.tempo, key=lambda tempo: tempo.position_s)
    if not tempos:
        return [(0.0, _USUAL_BPM, "step")]
    first = tempos[0]
    beat = first.position_s * first.bpm / 60.0
    points: list[Point] = [(beat, first.bpm, first.curve)]
    for here, after in pairwise(tempos):
        passed_min = (after.position_s - here.position_s) / 60.0
        beat += passed_min * _mean_bpm(here.bpm, after.bpm, here.curve)
        points.append((beat, after.bpm, after.curve))
    return points


def _mean_bpm(bpm: float, to_bpm: float, curve: TempoCurve) -> float:
    """Beats a minute over a whole segment; over beats a linear ramp's mean is logarithmic."""
    change = to_bpm / bpm - 1.0
    if curve == "step" or abs(change) < _LEVEL:
        return bpm
    return (to_bpm - bpm) / math.log1p(change)


def clock(session: Session) -> TempoMap:
    """The map from seconds to those beats."""
    return TempoMap(beat_points(session))
