"""The stems held to the rough mix: placed where they explain most of it, with their gains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bridge.checking.hearing import Heard
from bridge.checking.mix.courses import mix_slower_ppm
from bridge.checking.mix.fitting import Fit, fitted, gains_apart_db
from bridge.checking.mix.products import Placed, Products, products
from bridge.checking.mix.refining import refined
from bridge.checking.mix.width import NARROW, is_as_wide, width_in
from bridge.checking.stem_audio import StemAudio

SUMS_DB = 35.0
"""Explained of the mix, from which on the stems sum to it."""
_BUS_GAINS_DB = 3.0
"""What a gain that moves must explain more, so that a bus on the mix is what is left."""
_TONE_GAINS_DB = 2.0
"""What a tone that all share must explain more: what one stem has of its own gives 1.1."""
_TONE_BESIDE_DB = 1.0
"""The same beside a gain that moves."""
_TONE_HINTS_DB = 0.2
"""The same, so that gains are doubted which such a tone would move."""
_WIDTH_GAINS_DB = 1.0
"""What another width of all must explain more."""
_MOST_LOOKS, _MOST_BROUGHT_BACK, _BETTER_DB = 3, 4, 0.2
_MORE_DB, _ABSENT, _ALIKE = 0.02, 0.06, 0.12
"""What must be explained more where that finds a quiet stem, which has hardly a gain at a wrong
place, and at its own that of the others but for so little."""


@dataclass(frozen=True)
class Held:
    """The stems held to the mix; `by_bus_db` is what a gain that moves explains more.

    `by_tone_db` is what one of its own in each band does. `mix` has the clock on which it runs
    against the stems, and the gain of its sides that makes it as wide as they are.
    """

    mix: StemAudio
    places: list[Placed]
    given: Products
    fit: Fit
    by_bus_db: float
    by_tone_db: float


def held_to(
    stems: Sequence[Heard], mix: StemAudio, ways: Sequence[Sequence[int]], rate_hz: int
) -> Held | None:
    """Hold them to a mix, from each of the `ways` that `placed` gives; None for a silent mix.

    Raises InputError as `StemAudio.read` does.
    """
    held = _held_at(stems, mix, ways[0], rate_hz)
    if float(held.given.total[-1, -1]) <= 0.0:
        return None
    for way in ways[1:]:
        held = _better(held, _held_at(stems, mix, way, rate_hz))
    if held.fit.explained_db < SUMS_DB and not mix.slower_ppm:
        clocked = replace(mix, slower_ppm=mix_slower_ppm(stems, mix, ways[0][0], rate_hz))
        again = held_to(stems, clocked, ways, rate_hz) if clocked.slower_ppm else None
        if again is not None and _better(held, again) is again:
            return again
    held = _brought_back(stems, mix, held, ways[0])
    return _as_wide(_looked_again(stems, mix, held))


def _held_at(
    stems: Sequence[Heard], mix: StemAudio, offsets: Sequence[float], rate_hz: int
) -> Held:
    places = [Placed(stem.audio, late) for stem, late in zip(stems, offsets, strict=True)]
    given = products(places, mix, rate_hz)
    return Held(mix, places, given, *_fit(given))


def _better(one: Held, other: Held) -> Held:
    """The other where it explains clearly more, or more and finds what is nowhere in the one."""
    more_db = other.fit.explained_db - one.fit.explained_db
    return other if more_db > (_MORE_DB if _finds_more(one, other) else _BETTER_DB) else one


def _finds_more(one: Held, other: Held) -> bool:
    """Whether all stems that lie elsewhere have next to no gain in the one, and the usual here."""
    pairs = zip(one.places, other.places, strict=True)
    moved = [row for row, (here, there) in enumerate(pairs) if here != there]
    before, after = np.abs(np.nan_to_num(one.fit.gains)), np.nan_to_num(other.fit.gains)
    usual = float(np.median(after[after > 0.0])) if (after > 0.0).any() else 0.0
    return bool(moved) and all(
        before[row] < _ABSENT * usual and abs(after[row] - usual) < _ALIKE * usual for row in moved
    )


def _brought_back(
    stems: Sequence[Heard], mix: StemAudio, held: Held, common: Sequence[int]
) -> Held:
    """With stems that were moved back at their common place, where that explains more.

    The return of a delay may have taken the place of what it repeats, beside a stem that is late.
    """
    moved = [row for row, place in enumerate(held.places) if place.late != common[row]]
    for row in moved[:_MOST_BROUGHT_BACK]:
        if len(moved) < 2 or held.fit.explained_db >= SUMS_DB:
            break
        offsets = [place.late for place in held.places]
        offsets[row] = common[row]
        held = _better(held, _held_at(stems, mix, offsets, held.given.rate_hz))
    return held


def _looked_again(stems: Sequence[Heard], mix: StemAudio, held: Held) -> Held:
    """With stems that did not fit elsewhere, as long as that explains more."""
    for _ in range(_MOST_LOOKS):
        places = refined(stems, held.places, mix, held.given, held.fit)
        if places == held.places:
            break
        given = products(places, mix, held.given.rate_hz)
        again = _better(held, Held(mix, places, given, *_fit(given)))
        if again is held:
            break
        held = again
    return held


def _as_wide(held: Held) -> Held:
    """With the mix as wide as its stems, where its bus made it wider, or narrower, or mono.

    The middle alone tells the gains, these the width, and that what both sides say together.
    """
    if held.fit.explained_db >= SUMS_DB:
        return held
    if is_as_wide(width_in(held.mix, held.places, held.given, held.fit)):
        return held
    middle = _of_width(held, 0.0)
    width = width_in(held.mix, held.places, middle.given, middle.fit)
    found = middle if width <= NARROW else _of_width(held, 1.0 / width)
    return found if found.fit.explained_db >= held.fit.explained_db + _WIDTH_GAINS_DB else held


def _of_width(held: Held, side_gain: float) -> Held:
    mix = replace(held.mix, side_gain=side_gain)
    given = products(held.places, mix, held.given.rate_hz)
    return Held(mix, held.places, given, *_fit(given))


def _fit(given: Products) -> tuple[Fit, float, float]:
    """The fit with one gain for all time, or one with a bus; and what its two parts explain more.

    Moving gain and tone may each hide what the other one explains, so both are tried on the other.
    A stem is doubted with a tone that is without it, too: that alone leaves it a gain more freely.
    """
    plain = fitted(given, moving=False)
    if plain.explained_db >= SUMS_DB:
        return plain, 0.0, 0.0
    found, by_bus_db = _moving(given, plain)
    if found.explained_db >= SUMS_DB:
        return found, by_bus_db, 0.0
    toned = fitted(given, moving=by_bus_db > 0.0, toned=True)
    by_tone_db = toned.explained_db - found.explained_db
    least_db = _TONE_BESIDE_DB if by_bus_db else _TONE_GAINS_DB
    is_toned = by_tone_db >= least_db
    if not by_bus_db:
        both = fitted(given, moving=True, toned=True)
        more_db = both.explained_db - toned.explained_db
        if more_db >= _TONE_BESIDE_DB and by_tone_db + more_db >= _BUS_GAINS_DB:
            toned, by_bus_db, is_toned = both, more_db, True
    if is_toned:
        doubts_db = np.minimum(found.doubts_db, toned.doubts_db)
        return replace(toned, doubts_db=doubts_db), by_bus_db, by_tone_db
    if by_tone_db >= _TONE_HINTS_DB:
        apart_db = gains_apart_db(found.gains, toned.gains)
        found = replace(found, doubts_db=np.maximum(found.doubts_db, apart_db))
    return found, by_bus_db, 0.0


def _moving(given: Products, still: Fit) -> tuple[Fit, float]:
    """The fit, or one with a gain that moves where that explains clearly more, and how much."""
    moving = fitted(given, moving=True)
    more_db = moving.explained_db - still.explained_db
    return (moving, more_db) if more_db >= _BUS_GAINS_DB else (still, 0.0)
