"""Which cuts: where most is freed for least, in groups that can spare it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bridge.advising.unmasking.auditory_bands import CENTRES_HZ, Powers, erb_hz
from bridge.advising.unmasking.cuts import RATIO, Cut
from bridge.advising.unmasking.hearing import Frames
from bridge.advising.unmasking.loudness_levels import phon_between, phon_of
from bridge.advising.unmasking.scene import (
    DEEPEST_DB,
    REGIONS,
    Loudnesses,
    loudnesses,
    partial_of_two,
)
from stemwright.decibels import linear_power, power_db
from stemwright.values import dataclass

_MOST_CUTS = 3
_FRAMES = 600
LEAST_HIDDEN_PHON, LEAST_GAIN_PHON = 5.0, 1.0
LEAST_LEAD_PHON, _CLEARER_PHON = 3.0, 3.0
"""The last: by which a group that is cut is less hidden there than what it frees, but for leads."""
_MOST_TRIES, _BESIDE_BANDS = 24, 2
_WANTED_GAIN_PHON = 3.0
_LEAST_SHARE = 0.03
"""Of all its loudness that a group has in a band worth freeing."""
_MOST_COST_PHON = 0.9
LEAST_DB = 0.5
_DEPTHS_DB = (LEAST_DB, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, DEEPEST_DB)
_LOWEST_HZ, _HIGHEST_HZ = 80.0, 12000.0
APART = 2.0**0.5
_LEAD_COUNTS = 4.0
_MOVES_UNDER = 0.75
"""A band moves where the freed group sounds in less of the time than this."""
_SOUNDS_DB = -20.0
_PEAK_DB = 6.0
"""A detector's peaks stand that far over the mean power of a band's frame, more or less."""


@dataclass(frozen=True)
class Group:
    """What is known of a group: its fader, the groups it listens to, and cuts it has already.

    `powers` are those behind the fader.
    """

    id: str
    powers: Frames
    fader_db: float
    is_lead: bool
    keys: tuple[str, ...] = ()
    cuts: tuple[Cut, ...] = ()


def chosen(groups: Sequence[Group], factor: float) -> tuple[Cut, ...]:
    """At most three a group, those that free most first. None without two groups that sound."""
    every = every_frames([each.powers for each in groups])
    powers = [each.powers[::every].copy() for each in groups]
    found: list[Cut] = []
    for _ in range(_MOST_CUTS):
        new = _round(groups, powers, factor, found)
        if not new:
            break
        found += new
        for cut in new:
            turn_down(powers, [each.id for each in groups], cut)
    return tuple(found)


def every_frames(powers: Sequence[Frames]) -> int:
    """How many frames of a long song may be passed over: some 600 are heard."""
    return max(1, len(powers[0]) // _FRAMES) if powers else 1


def _round(
    groups: Sequence[Group], powers: Sequence[Frames], factor: float, before: Sequence[Cut]
) -> list[Cut]:
    """The best cut of every group that has one, no two for the same band of the same group."""
    new: list[Cut] = []
    heard, tried_places = loudnesses(powers, factor), list[tuple[int, int, int]]()
    for place in _candidates(groups, heard):
        masker, freed, band = place
        one, other = groups[masker], groups[freed]
        cut = Cut(one.id, other.id, _rounded_hz(CENTRES_HZ[band]), _q(band), DEEPEST_DB)
        taken = [*before, *new]
        if any(each.group == one.id for each in new) or not _fits(cut, one, taken):
            continue
        if any(_is_beside(place, each) for each in tried_places):
            continue
        if len(tried_places) == _MOST_TRIES:
            break
        tried_places.append(place)
        deep = _moving(cut, groups, powers, place, taken)
        depth_db = _depth_db(heard, _tried(groups, powers, factor, deep, place), place)
        if depth_db is None:
            continue
        spared = _moving(replace(cut, depth_db=depth_db), groups, powers, place, taken)
        tried = _tried(groups, powers, factor, spared, place)
        if _gain_phon(heard, tried, place) >= LEAST_GAIN_PHON:
            new.append(spared)
    return new


def _is_beside(place: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """Whether they are of the same two groups, no more than an ERB apart: one does as another."""
    return place[:2] == other[:2] and abs(place[2] - other[2]) <= _BESIDE_BANDS


def _tried(
    groups: Sequence[Group],
    powers: Sequence[Frames],
    factor: float,
    cut: Cut,
    place: tuple[int, int, int],
) -> Powers:
    """(2, bands) of mean sone with the cut in it: the group that is cut, and the freed one."""
    turned = list(powers)
    turn_down(turned, [each.id for each in groups], cut)
    return partial_of_two(turned, place[:2], factor)


def _candidates(groups: Sequence[Group], heard: Loudnesses) -> Iterator[tuple[int, int, int]]:
    """Masker, freed group and band, the most useful first."""
    shape = np.array([1.0 - bell_powers(n, DEEPEST_DB) for n in range(len(CENTRES_HZ))])
    shape /= 1.0 - linear_power(-DEEPEST_DB)
    inside = REGIONS.astype(np.float64)
    partial, alone = heard.partial @ inside.T, heard.alone @ inside.T
    own = np.maximum(heard.alone.sum(axis=1), 1e-9)
    gained = np.einsum("mgb,cb->mgc", heard.relief, shape)
    weight = np.array([_LEAD_COUNTS if each.is_lead else 1.0 for each in groups])
    hidden = phon_of(alone) - phon_of(partial)
    lost = (alone - partial) / own[:, None]
    score = (weight / own)[None, :, None] * gained * lost[None]
    leads = np.array([each.is_lead for each in groups])
    least = np.where(leads, LEAST_LEAD_PHON, LEAST_HIDDEN_PHON)
    fits = (hidden >= least[:, None]) & (alone >= _LEAST_SHARE * own[:, None])
    clearer = hidden[:, None] <= hidden[None] - _CLEARER_PHON
    fits = fits[None] & (clearer | leads[None, :, None])
    fits &= phon_of(partial[None] + gained) - phon_of(partial)[None] >= LEAST_GAIN_PHON
    fits &= ~leads[:, None, None]
    fits &= ((CENTRES_HZ >= _LOWEST_HZ) & (CENTRES_HZ <= _HIGHEST_HZ))[None, None, :]
    fits &= ~np.eye(len(groups), dtype=bool)[:, :, None]
    places = np.argwhere(fits)
    order = np.argsort([-round(float(score[tuple(each)]), 9) for each in places], kind="stable")
    for each in order:
        masker, freed, band = places[each]
        yield int(masker), int(freed), int(band)


def _fits(cut: Cut, group: Group, taken: Sequence[Cut]) -> bool:
    """Whether it is no second cut at a place, and none where its group was to be freed."""
    own = [each for each in taken if each.group == cut.group]
    if len(own) + len(group.cuts) >= _MOST_CUTS:
        return False
    near = [each.hz for each in (*own, *group.cuts)]
    near += [each.hz for each in taken if each.frees in (cut.group, cut.frees)]
    return all(max(cut.hz / hz, hz / cut.hz) >= APART for hz in near)


def _depth_db(heard: Loudnesses, deep: Powers, place: tuple[int, int, int]) -> float | None:
    """No more than frees the band well, and than the group can spare; `deep` is at the deepest."""
    masker, _, _ = place
    gain = _gain_phon(heard, deep, place)
    cost = phon_between(deep[0].sum(), heard.partial[masker].sum())
    if gain < LEAST_GAIN_PHON:
        return None
    wanted = next((d for d in _DEPTHS_DB if gain * d / DEEPEST_DB >= _WANTED_GAIN_PHON), DEEPEST_DB)
    spared = [d for d in _DEPTHS_DB if cost * d / DEEPEST_DB <= _MOST_COST_PHON and d <= wanted]
    return max(spared, default=None)


def _gain_phon(heard: Loudnesses, tried: Powers, place: tuple[int, int, int]) -> float:
    _, freed, band = place
    inside = REGIONS[band]
    return phon_between(heard.partial[freed][inside].sum(), tried[1][inside].sum())


def _moving(
    cut: Cut,
    groups: Sequence[Group],
    powers: Sequence[Frames],
    place: tuple[int, int, int],
    taken: Sequence[Cut],
) -> Cut:
    """The same as a band that moves, if the freed group pauses and may be listened to."""
    masker, freed, band = place
    ours, theirs = (_sounding(powers[number], band) for number in (masker, freed))
    together = float((ours & theirs).sum()) / max(1, int(ours.sum()))
    heard = {each.id: {*each.keys} for each in groups}
    for each in taken:
        if each.threshold_db is not None:
            heard[each.group].add(each.frees)
    if together >= _MOVES_UNDER or _listens(heard, cut.frees, cut.group):
        return cut
    inside = powers[freed][:, :, REGIONS[band]].sum(axis=2).max(axis=1)[theirs]
    typical_db = power_db(float(np.percentile(inside, 30.0))) - groups[freed].fader_db
    over_db = cut.depth_db / (1.0 - 1.0 / RATIO)
    threshold_db = float(np.clip(round(typical_db + _PEAK_DB - over_db), -80.0, 0.0))
    return replace(cut, threshold_db=threshold_db)


def _listens(heard: Mapping[str, set[str]], one: str, to: str) -> bool:
    waiting, seen = [one], {one}
    while waiting:
        for each in heard.get(waiting.pop(), set()) - seen:
            seen.add(each)
            waiting.append(each)
    return to in seen


def _sounding(powers: Frames, band: int) -> npt.NDArray[np.bool_]:
    """(frames,) of truth: whether a group sounds about a band, against its loud moments there."""
    inside = powers[:, :, REGIONS[band]].sum(axis=(1, 2), dtype=np.float64)
    loud = float(np.percentile(inside, 95.0)) if len(inside) else 0.0
    return np.asarray((inside > 0.0) & (inside >= linear_power(_SOUNDS_DB) * loud))


def turn_down(powers: list[Frames], names: Sequence[str], cut: Cut) -> None:
    """Put a cut into its group's powers, in place of what was there."""
    number = names.index(cut.group)
    band = int(np.abs(CENTRES_HZ - cut.hz).argmin())
    factors = bell_powers(band, cut.depth_db).astype(np.float32)
    if cut.threshold_db is None:
        powers[number] = powers[number] * factors
    else:
        sounds = _sounding(powers[names.index(cut.frees)], band)[:, None, None]
        powers[number] = np.where(sounds, powers[number] * factors, powers[number])


def bell_powers(band: int, depth_db: float) -> Powers:
    """(bands,): what a cut about a band leaves of power; the analogue bell that `eq` follows.

    A negative depth takes it back.
    """
    away = np.square(CENTRES_HZ / CENTRES_HZ[band] - CENTRES_HZ[band] / CENTRES_HZ)
    root, q = linear_power(-depth_db / 4.0), _q(band)
    return np.asarray((away + (root / q) ** 2) / (away + (1.0 / (root * q)) ** 2))


def _q(band: int) -> float:
    """A bell three ERB wide."""
    hz = CENTRES_HZ[band]
    return round(float(hz / (3.0 * erb_hz(hz))), 1)


def _rounded_hz(hz: float) -> float:
    return float(f"{hz:.2g}") if hz < 1000 else float(f"{hz:.3g}")
