"""An equaliser along a transfer function: as many bells between two shelves as it takes.

From seeded places, least squares in dB and phase, then over what is left of the sound (Branch,
Coleman & Li 1999, scipy): a place takes a tenth of a second, where the sound itself takes minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from bridge.advising.fitting.built_in_knobs import built_in_knobs
from bridge.advising.fitting.descending import Descent, Positions
from bridge.advising.fitting.knobs import significant
from bridge.advising.fitting.stages import BuiltInStage
from bridge.advising.standing_in.transfer import Gains, Sound, Transfer, Vector, transfer_of
from bridge.planning import NativeInsert
from bridge.processing import sections_of
from chains import Band, Bell, Eq, Shelf

_BELLS = range(2, 6)
_PLACES, _KEPT = 6, 3
"""So many are gone down from for each number of bells, and so many of them again."""
_ENOUGH_UNDER_DB = 70.0
_WORTH_DB = 6.0
"""What one bell more must better it by."""
_LOWEST_HZ, _HIGHEST_OF_RATE = 60.0, 0.25
_ALL_HZ, _ALL_OF_RATE = 20000.0, 0.45
_DIGITS = 5
_FAINT = 1e-9
_MOST_DB = 30.0
_BROAD = Descent(step=1e-5, better=1e-4, scale="jac", method="trf")
_EXACT = Descent(step=1e-6, better=1e-5, scale="jac", method="trf", most_steps=60)


def equaliser_between(source: Sound, out: Sound, rate_hz: int, seed: int) -> Eq:
    """The bands that make of one sound nearly the other; fewer where more are hardly nearer.

    Both are (2, frames) with at least transfer.FRAMES frames. Windows hide what rings beyond them:
    what the first bands leave of the sound itself corrects what the cross-spectra told.
    """
    random = np.random.default_rng(seed)
    transfer = transfer_of(source, out, rate_hz)
    best, least = Eq(bands=(_level(transfer, rate_hz),)), -np.inf
    for bells in _BELLS:
        places = [
            _ended(each, transfer, rate_hz) for each in _places(bells, transfer, rate_hz, random)
        ]
        places = sorted(places, key=lambda each: each[0], reverse=True)[:_KEPT]
        first = places[0][1]
        left = out - _heard(first, source, rate_hz)
        gains = gains_of(first, transfer.hz, rate_hz)
        transfer = replace(transfer, gains=gains + transfer_of(source, left, rate_hz).gains)
        again = [_ended(each, transfer, rate_hz, (_EXACT,)) for _, each in places]
        under_db, settings = max(again, key=lambda each: each[0])
        if under_db > least + _WORTH_DB:
            best, least = settings, under_db
        if least >= _ENOUGH_UNDER_DB:
            break
    return best


def _heard(settings: Eq, source: Sound, rate_hz: int) -> Sound:
    stage = BuiltInStage(NativeInsert("eq", settings), rate_hz, turned=False)
    found: Sound = stage.heard(source[np.newaxis], np.zeros((1, 0)))[0]
    return found


def gains_of(settings: Eq, hz: Vector, rate_hz: int) -> Gains:
    """What bands make of these frequencies."""
    turn = _turn(hz, rate_hz)
    found = [_log_gains(each, turn, rate_hz) for each in settings.bands]
    return np.asarray(np.exp(np.sum(found, axis=0)))


def _places(
    bells: int, transfer: Transfer, rate_hz: int, random: np.random.Generator
) -> Iterator[Eq]:
    """Bands to go down from: evenly spread ones that do nothing yet, then others."""
    count = bells + 2
    for place in range(_PLACES):
        spread, gains = np.linspace(0.0, 1.0, count), np.full(count, 0.1)
        if place:
            spread, gains = np.sort(random.random(count)), random.normal(0.0, 3.0, count)
        hz = _LOWEST_HZ * (_HIGHEST_OF_RATE * rate_hz / _LOWEST_HZ) ** spread
        at = [(float(each), float(gain)) for each, gain in zip(hz, gains, strict=True)]
        low = Shelf(shape="low_shelf", hz=at[0][0], gain_db=at[0][1])
        high = Shelf(shape="high_shelf", hz=at[-1][0], gain_db=at[-1][1])
        middle = (Bell(shape="bell", hz=each, gain_db=gain) for each, gain in at[1:-1])
        yield Eq(bands=(low, *middle, high, _level(transfer, rate_hz)))


def _level(transfer: Transfer, rate_hz: int) -> Shelf:
    """A gain over all: a shelf at the top of hearing."""
    levels = 20.0 * np.log10(np.abs(transfer.gains) + _FAINT)
    level_db = float(np.average(levels, weights=transfer.trust + _FAINT))
    level_db = min(max(level_db, -_MOST_DB), _MOST_DB)
    hz = min(_ALL_HZ, _ALL_OF_RATE * rate_hz)
    return Shelf(shape="low_shelf", hz=hz, gain_db=level_db)


def _ended(
    settings: Eq, transfer: Transfer, rate_hz: int, legs: Sequence[Descent] = (_BROAD, _EXACT)
) -> tuple[float, Eq]:
    """Where descents from these settings end, and how far under what came out what is left is."""
    along = _Along(settings, transfer, rate_hz)
    place = along.start
    for leg in legs:
        differences = along.in_db if leg is _BROAD else along.in_sound
        place, _ = leg.end(place, range(len(place)), differences)
    ended = along.settings(place)
    return transfer.under_db(gains_of(ended, transfer.hz, rate_hz)), ended


class _Along:
    """Settings held to a transfer; a band that did not move is not made again."""

    def __init__(self, settings: Eq, transfer: Transfer, rate_hz: int) -> None:
        knobs = built_in_knobs(settings, rate_hz)
        self._settings = settings
        self._transfer = transfer
        self._rate_hz = rate_hz
        self._knobs = [knob for knob, _ in knobs]
        self.start = np.array([position for _, position in knobs])
        self._turn = _turn(transfer.hz, rate_hz)
        self._made: dict[tuple[int, bytes], Gains] = {}
        self._wanted = np.log(transfer.gains + _FAINT)

    def settings(self, positions: Positions) -> Eq:
        """The bands at some positions, to the digits that they begin with."""
        bands: list[Band] = []
        for band, rows in zip(self._settings.bands, self._by_band(positions), strict=True):
            numbers = {name: significant(number, _DIGITS) for name, number in rows.items()}
            bands.append(band.model_copy(update=numbers))
        return Eq(bands=tuple(bands))

    def in_db(self, rows: Sequence[Positions]) -> list[Vector]:
        """What differs in level and in phase, in nepers and radians, as far as it is known."""
        found = []
        for gains in self._heard(rows):
            off = gains - self._wanted
            phase = np.remainder(off.imag + np.pi, 2.0 * np.pi) - np.pi
            found.append(np.concatenate([off.real, phase]) * np.tile(self._transfer.trust, 2))
        return found

    def in_sound(self, rows: Sequence[Positions]) -> list[Vector]:
        """What is left of what came out, as a share of it."""
        share = self._transfer.fed / self._transfer.out
        left = [(np.exp(each) - self._transfer.gains) * share for each in self._heard(rows)]
        return [np.concatenate([each.real, each.imag]) for each in left]

    def _heard(self, rows: Sequence[Positions]) -> list[Gains]:
        if len(rows) > 1:
            self._made = {}
        return [np.sum([*self._bands(row)], axis=0) for row in rows]

    def _bands(self, positions: Positions) -> Iterator[Gains]:
        moved = self._by_band(positions)
        for n, (band, numbers) in enumerate(zip(self._settings.bands, moved, strict=True)):
            key = (n, np.array(list(numbers.values())).tobytes())
            if key not in self._made:
                made = band.model_copy(update=numbers)
                self._made[key] = _log_gains(made, self._turn, self._rate_hz)
            yield self._made[key]

    def _by_band(self, positions: Positions) -> list[dict[str, float]]:
        found: list[dict[str, float]] = [{} for _ in self._settings.bands]
        for knob, at in zip(self._knobs, positions, strict=True):
            _, band, name = knob.name.split(".")
            found[int(band)][name] = knob.exact_number(float(at))
        return found


def _turn(hz: Vector, rate_hz: int) -> Gains:
    found: Gains = np.exp(-2j * np.pi * hz / rate_hz)
    return found


def _log_gains(band: Band, turn: Gains, rate_hz: int) -> Gains:
    """Nepers and radians."""
    found = np.zeros(len(turn), np.complex128)
    for b0, b1, b2, _, a1, a2 in sections_of(band, rate_hz):
        found += np.log((b0 + turn * (b1 + turn * b2)) / (1.0 + turn * (a1 + turn * a2)))
    return found
