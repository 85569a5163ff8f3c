"""Faders that bring the tone of a song nearer to references: bounded, and no further than told.

Of another song nothing is known but how its power lies over thirds of an octave, mid and side. So
a group is moved only if it leads an octave of these: if most of the power there is its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from bridge.advising.balancing.heard_groups import HeardGroup, Level, level_of, summed
from bridge.advising.balancing.proposal import Balance, GroupMove, change_db, told_lu
from bridge.advising.balancing.rough import as_loud_db
from bridge.comparing import Tone, ToneDistance, tone_distance, tone_of
from bridge.metering import THIRDS, nominal_hz
from stemwright.decibels import linear_power, power_db
from stemwright.values import dataclass

MOST_DB = 6.0
"""How far a fader goes from the chain's own at most."""
_HEARD_DB = 40.0
"""A band this far under the references' loudest one says nothing of a fader."""
_LEADS = 0.5
"""The part of a band's power from which on it is a group's own."""
_LEAST_BANDS = 3
"""An octave of bands, mid or side, has to be a group's own for its fader to be told by them."""
_RELUCTANCE = 0.01
"""What a fader's dB squared costs, in mean squared dB of the bands."""
_LEADS_NOWHERE = "leads less than an octave: a reference says nothing of it"
_KNOWS = (
    "of a reference only the tone is known, not how loud its voice is beside its band: only groups"
    f" that lead an octave of it move, by {MOST_DB:g} dB from the chain's own faders at most"
    " but for what keeps the sum as loud; listen before you keep them"
)
_RATE_HZ = 96000
"""Of a song that has all of `THIRDS`."""

_Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Bands:
    """What is compared: `powers` (groups, bands) at the chain's own faders, mid then side.

    `wanted_db` (bands,) are the references', of any level; `hz` are the bands' middles.
    """

    powers: _Array
    wanted_db: _Array
    hz: tuple[float, ...]


def balance_to_reference(
    groups: Sequence[HeardGroup],
    levels: Mapping[str, Level],
    references: Mapping[str, Tone],
    own_faders_db: Mapping[str, float],
    rate_hz: int,
    *,
    before_inserts: bool = False,
) -> Balance:
    """What brings the groups' sum nearest to the mean tone of `references`, by their files' names.

    `levels` are those at the faders, `own_faders_db` the chain's own faders: moves are counted
    from these, so that what was applied is not moved again.
    """
    tones = {each.id: tone_of(each.signal.blocks(), rate_hz) for each in groups}
    aim = _mean_tone(list(references.values()))
    bands = _bands(groups, tones, aim, own_faders_db)
    leads = _leads(bands)
    offsets_db = _solved(bands, [len(each) >= _LEAST_BANDS for each in leads])
    moved = {
        each.id: own_faders_db[each.id] + offset - each.lane.fader_db
        for each, offset, led in zip(groups, offsets_db, leads, strict=True)
        if len(led) >= _LEAST_BANDS
    }
    common_db = as_loud_db(groups, moved, rate_hz)
    all_lufs = level_of(summed(groups, {}).blocks(), rate_hz).lufs
    moves = tuple(
        _move(each, levels[each.id].lufs, all_lufs, moved.get(each.id), common_db, led)
        for each, led in zip(groups, leads, strict=True)
    )
    now = tone_distance(_summed_tone(groups, tones, {}), aim)
    then = tone_distance(_summed_tone(groups, tones, {m.id: m.change_db for m in moves}), aim)
    return Balance(
        aim="reference",
        target=", ".join(references),
        heard="before_inserts" if before_inserts else "after_inserts",
        groups=moves,
        facts=_distances(now, then),
        remarks=(_KNOWS,),
    )


def _mean_tone(tones: Sequence[Tone]) -> Tone:
    """The mean of several in dB, each at the level of the first."""
    gains = [tone_distance(each, tones[0]).level_db for each in tones]

    def mean(rows: Sequence[Sequence[float]]) -> tuple[float, ...]:
        parts = [np.array(row) + gain for row, gain in zip(rows, gains, strict=True)]
        return tuple(float(each) for each in np.mean(parts, axis=0))

    shortest = min(len(each.mid_db) for each in tones)
    halves = [[each.mid_db[:shortest], each.side_db[:shortest]] for each in tones]
    return Tone(mean([mid for mid, _ in halves]), mean([side for _, side in halves]))


def _bands(
    groups: Sequence[HeardGroup],
    tones: Mapping[str, Tone],
    aim: Tone,
    own_faders_db: Mapping[str, float],
) -> _Bands:
    """Those that are heard in the references and sound in the song."""
    places = {nominal_hz(hz): at for at, hz in enumerate(THIRDS.centres_hz(_RATE_HZ))}
    own = {each.id: own_faders_db[each.id] - each.lane.fader_db for each in groups}
    compared = tone_distance(_summed_tone(groups, tones, own), aim).bands
    least_db = max((*aim.mid_db, *aim.side_db)) - _HEARD_DB
    rows: list[list[float]] = []
    wanted_db, middles = [], []
    for half in ("mid_db", "side_db"):
        for band in compared:
            at = places[band.hz]
            if getattr(band, half) is None or getattr(aim, half)[at] < least_db:
                continue
            levels = [getattr(tones[each.id], half)[at] for each in groups]
            rows.append([
                linear_power(level + own_faders_db[each.id])
                for level, each in zip(levels, groups, strict=True)
            ])  # fmt: skip
            wanted_db.append(getattr(aim, half)[at])
            middles.append(band.hz)
    powers = np.array(rows).reshape(len(rows), len(groups)).T
    return _Bands(powers, np.array(wanted_db), tuple(middles))


def _leads(bands: _Bands) -> list[tuple[float, ...]]:
    """The middles of the bands that each group leads."""
    shares = bands.powers / np.maximum(bands.powers.sum(axis=0), 1e-30)
    return [
        tuple(hz for hz, share in zip(bands.hz, row, strict=True) if share >= _LEADS)
        for row in shares
    ]


def _solved(bands: _Bands, free: Sequence[bool]) -> list[float]:
    """What the faders of groups that are free go from the chain's own, in dB."""
    rows = np.flatnonzero(free)
    if not len(rows) or not len(bands.hz):
        return [0.0] * len(free)

    def left(offsets_db: _Array) -> _Array:
        gains = np.ones(len(free))
        gains[rows] = [linear_power(float(each)) for each in offsets_db]
        total = (bands.powers * gains[:, None]).sum(axis=0)
        found = np.array([power_db(float(each)) for each in total]) - bands.wanted_db
        apart = (found - found.mean()) / np.sqrt(len(found))
        return np.concatenate([apart, np.sqrt(_RELUCTANCE) * offsets_db])

    done = least_squares(left, np.zeros(len(rows)), bounds=(-MOST_DB, MOST_DB))
    offsets = np.zeros(len(free))
    offsets[rows] = done.x
    return [float(each) for each in offsets]


def _summed_tone(
    groups: Sequence[HeardGroup], tones: Mapping[str, Tone], changes_db: Mapping[str, float]
) -> Tone:
    """That of the groups behind their faders, as far as they are no copies of each other."""

    def half(name: str) -> tuple[float, ...]:
        rows = [
            [
                linear_power(level + each.lane.fader_db + changes_db.get(each.id, 0.0))
                for level in getattr(tones[each.id], name)
            ]
            for each in groups
        ]
        return tuple(power_db(sum(powers)) for powers in zip(*rows, strict=True))

    return Tone(half("mid_db"), half("side_db"))


def _move(
    group: HeardGroup,
    at_fader_lufs: float | None,
    all_lufs: float | None,
    moved_db: float | None,
    common_db: float,
    leads_hz: Sequence[float],
) -> GroupMove:
    wanted_db = 0.0 if moved_db is None else moved_db + common_db
    share_lu = None
    if at_fader_lufs is not None and all_lufs is not None:
        share_lu = at_fader_lufs + group.lane.fader_db - all_lufs
    left_alone = "" if moved_db is not None else "is silent" if share_lu is None else _LEADS_NOWHERE
    return GroupMove(
        group.id,
        tuple(stem.id for stem in group.lane.stems),
        group.lane.fader_db,
        change_db(wanted_db),
        told_lu(share_lu),
        told_lu(None if share_lu is None or left_alone else share_lu + wanted_db),
        left_alone,
        () if moved_db is None else (_led(leads_hz),),
    )


def _led(leads_hz: Sequence[float]) -> str:
    low, high = min(leads_hz), max(leads_hz)
    where = f"{low:g} Hz" if low == high else f"{low:g} to {high:g} Hz"
    return f"told by the {len(leads_hz)} bands it leads, {where}"


def _distances(now: ToneDistance, then: ToneDistance) -> dict[str, float | str | None]:
    return {
        f"{half}_{when}_db": None if value is None else round(value, 2)
        for when, distance in (("before", now), ("after", then))
        for half, value in (("mid", distance.mid_db), ("side", distance.side_db))
    }
