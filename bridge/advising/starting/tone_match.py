"""Bells that bring one tone to another: few, none narrower than a third of an octave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from bridge.metering import THIRDS, nominal_hz
from bridge.processing import sections_of
from chains import Bell
from stemwright.values import dataclass

MOST_BELLS = 10
MOST_GAIN_DB = 6.0
_QS = (0.7, 1.0, 1.4, 2.0, 2.8, 4.3)
_LEAST_GAIN_DB = 0.2
_WORTH_DB = 0.04
_NEAR_DB = 0.2
_ELSEWHERE = 0.3
"""What a band counts that is not to be moved, against 1 for one that is."""

_RIDGE = 0.02
_PLACES = 9
_LAPS = 3

Curve = npt.NDArray[np.float64]
"""(thirds of an octave,) of dB."""


@dataclass(frozen=True)
class Match:
    """Bells in the order of their frequencies, and the RMS of what they leave, in dB."""

    bells: tuple[Bell, ...]
    left_db: float


def matching_bells(wanted_db: Mapping[float, float], sample_rate_hz: int) -> Match:
    """Return bells that come nearest to `wanted_db`, by the nominal middles of THIRDS.

    What is not named shall stay as it is. Bells are added one at a time, always the one that helps
    most, while one more is worth it (orthogonal matching pursuit; Pati, Rezaiifar and
    Krishnaprasad, Asilomar 1993); gains are solved together, for what bells truly do.
    """
    names = [nominal_hz(hz) for hz in THIRDS.centres_hz(sample_rate_hz)]
    weights = np.array([1.0 if hz in wanted_db else _ELSEWHERE for hz in names])
    wanted = np.array([wanted_db.get(hz, 0.0) for hz in names]).clip(-MOST_GAIN_DB, MOST_GAIN_DB)
    places = [(n, q) for n, hz in enumerate(names) if hz < 0.4 * sample_rate_hz for q in _QS]
    chosen: list[tuple[int, float]] = []
    fits = [(np.zeros(0), _rms(weights * wanted))]
    while len(chosen) < MOST_BELLS and fits[-1][1] > _NEAR_DB:
        chosen.append(_next(chosen, places, wanted, weights, sample_rate_hz))
        gains = _fitted(chosen, wanted, weights, sample_rate_hz)
        missing = wanted - _response(chosen, gains, sample_rate_hz)
        fits.append((gains, _rms(weights * missing)))
    gains, left = _worth_it(fits)
    bells = [
        Bell(shape="bell", hz=_hz(band), q=q, gain_db=round(float(gain), 1))
        for (band, q), gain in zip(chosen, gains, strict=False)
        if abs(gain) >= _LEAST_GAIN_DB
    ]
    return Match(tuple(sorted(bells, key=lambda bell: (bell.hz, bell.q))), left)


def _worth_it(fits: Sequence[tuple[Curve, float]]) -> tuple[Curve, float]:
    """The fit with fewest bells that no other is nearer than by `_WORTH_DB` for each bell more."""
    return min(fits, key=lambda fit: fit[1] + _WORTH_DB * fit[0].size)


def _hz(band: int) -> float:
    return nominal_hz(THIRDS.centres_hz(96000)[band])


def _next(
    chosen: Sequence[tuple[int, float]],
    places: Sequence[tuple[int, float]],
    wanted: Curve,
    weights: Curve,
    rate_hz: int,
) -> tuple[int, float]:
    """The bell that leaves least beside those chosen, as if gains added up."""
    known = [_unit(*each, rate_hz) for each in chosen]

    def left(place: tuple[int, float]) -> float:
        columns = np.array([*known, _unit(*place, rate_hz)]).T
        gains = _solved(columns, wanted, weights)
        if np.abs(gains).max() > MOST_GAIN_DB:
            return np.inf
        return _rms(weights * (wanted - columns @ gains))

    taken = {band for band, _ in chosen}
    return min((place for place in places if place[0] not in taken), key=left)


def _fitted(
    chosen: Sequence[tuple[int, float]], wanted: Curve, weights: Curve, rate_hz: int
) -> Curve:
    """Gains for what the bells truly do: Gauss-Newton, with the shapes of 1 dB as slopes."""
    columns = np.array([_unit(*each, rate_hz) for each in chosen]).T
    gains = _solved(columns, wanted, weights)
    for _ in range(_LAPS):
        missing = wanted - _response(chosen, gains, rate_hz)
        gains = (gains + _solved(columns, missing, weights)).clip(-MOST_GAIN_DB, MOST_GAIN_DB)
    return gains


def _solved(columns: Curve, wanted: Curve, weights: Curve) -> Curve:
    weighted = columns * weights[:, None]
    square = weighted.T @ weighted + _RIDGE * np.eye(columns.shape[1])
    return np.asarray(np.linalg.solve(square, weighted.T @ (weights * wanted)), np.float64)


def _response(chosen: Sequence[tuple[int, float]], gains: Curve, rate_hz: int) -> Curve:
    total: Curve = np.zeros(len(THIRDS.centres_hz(rate_hz)))
    for (band, q), gain in zip(chosen, gains, strict=True):
        total = total + bell_db(_hz(band), q, float(gain), rate_hz)
    return total


@cache
def _unit(band: int, q: float, rate_hz: int) -> Curve:
    return bell_db(_hz(band), q, 1.0, rate_hz)


def bell_db(hz: float, q: float, gain_db: float, rate_hz: int) -> Curve:
    """Return what a bell does in each of THIRDS: the mean of its power over the band, in dB."""
    spread = 10.0 ** (0.1 * ((np.arange(_PLACES) + 0.5) / _PLACES - 0.5))
    heard = np.minimum(np.outer(THIRDS.centres_hz(rate_hz), spread), 0.499 * rate_hz)
    back = np.exp(-2j * np.pi * heard / rate_hz)
    powers = np.ones(heard.shape)
    for row in sections_of(Bell(shape="bell", hz=hz, q=q, gain_db=gain_db), rate_hz):
        above, below = (row[n] + row[n + 1] * back + row[n + 2] * back * back for n in (0, 3))
        powers = powers * np.square(np.abs(above / below))
    levels: Curve = 10.0 * np.log10(powers.mean(axis=1))
    return levels


def _rms(values: Curve) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
