"""Faders and gains that give groups and stems the levels they have in the rough mix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bridge.advising.balancing.heard_groups import HeardGroup, Level, level_of, summed
from bridge.advising.balancing.levels_in_rough import lufs_in, wanted_db
from bridge.advising.balancing.proposal import GroupMove, StemMove, change_db, told_lu
from bridge.checking import InRough, StemInRough
from stemwright.decibels import amplitude_db, linear
from stemwright.values import dataclass
from stemwright.words import listed

POOR_DB = 8.0
"""Explained of the rough mix, below which its faders are hardly known."""
_OTHERWISE_DB = -15.0
"""What is left where a stem is alone, above which the rough mix has it processed otherwise."""
_DOUBTED_DB = 0.75
"""Two ways to make the fit, or parts of the mix, apart by so much: a bus hid what the stem is in
moments, or the mix has what is in no stem."""
_WHY = {
    "silent": "is silent",
    "outside": "sounds only outside the rough mix",
    "absent": "is not found in the rough mix",
    "sum": "is made up of other stems",
}


@dataclass(frozen=True)
class _Known:
    """What the rough mix says of a group: the stems' linear gains in it, or why nothing.

    `strangers` sound in the group and not in the rough mix.
    """

    gains: Mapping[str, float]
    strangers: tuple[str, ...] = ()
    left_alone: str = ""
    remarks: tuple[str, ...] = ()
    is_estimate: bool = False


def towards_rough(
    groups: Sequence[HeardGroup], rough: InRough, rate_hz: int, levels: Mapping[str, Level]
) -> tuple[GroupMove, ...]:
    """What each fader moves so that every group has the share of the sum it has in the rough mix.

    `levels` are those at the faders. The groups that move stay as loud together as they are.
    """
    owners = {stem.id: each.id for each in groups for stem in each.lane.stems}
    knowns = {each.id: _known(each, rough, owners) for each in groups}
    wanted = {
        each.id: wanted_db(each, rough, known.gains, known.strangers, rate_hz)
        for each in groups
        if levels[each.id].lufs is not None and not (known := knowns[each.id]).left_alone
    }
    moved = {name: value for name, value in wanted.items() if value is not None}
    common_db = as_loud_db(groups, moved, rate_hz)
    all_lufs = level_of(summed(groups, {}).blocks(), rate_hz).lufs

    def move(group: HeardGroup) -> GroupMove:
        lufs, own_db = levels[group.id].lufs, moved.get(group.id)
        share = None if lufs is None or all_lufs is None else lufs + group.lane.fader_db - all_lufs
        whole_db = None if own_db is None else own_db + common_db
        return _move(group, knowns[group.id], share, whole_db)

    return tuple(map(move, groups))


def as_loud_db(groups: Sequence[HeardGroup], moved: Mapping[str, float], rate_hz: int) -> float:
    """What all of some moves take on so that these groups are as loud together as they were."""
    those = [each for each in groups if each.id in moved]
    if not those:
        return 0.0
    before, after = (
        level_of(summed(those, changes).blocks(), rate_hz).lufs for changes in ({}, moved)
    )
    return 0.0 if before is None or after is None else before - after


def stems_towards_rough(groups: Sequence[HeardGroup], rough: InRough) -> tuple[StemMove, ...]:
    """What the stems' gains move so that those of a group are balanced as in the rough mix.

    What goes into the group's inserts stays as loud. Stems of which the rough mix says nothing
    stay as they are.
    """
    owners = {stem.id: each.id for each in groups for stem in each.lane.stems}
    found: list[StemMove] = []
    for each in groups:
        known = _known(each, rough, owners)
        gains = {stem: gain for stem, gain in known.gains.items() if gain}
        alone = known.left_alone or any(_twin(rough, stem.id) for stem in each.lane.stems)
        if alone or len(gains) < 2:
            continue
        found += _stem_moves(each, rough, gains)
    return tuple(found)


def _twin(rough: InRough, stem: str) -> str | None:
    return rough.stems[stem].twin if stem in rough.stems else None


def _stem_moves(
    group: HeardGroup, rough: InRough, gains: Mapping[str, float]
) -> Iterator[StemMove]:
    as_is_db = {stem: group.stem_gains_db[stem] for stem in gains}
    moved_db = {stem: amplitude_db(abs(gain)) - as_is_db[stem] for stem, gain in gains.items()}
    now = lufs_in(rough, {stem: linear(gain_db) for stem, gain_db in as_is_db.items()})
    then = lufs_in(rough, gains)
    if now is None or then is None:
        return
    names = {stem.id: stem.name for stem in group.lane.stems}
    for stem in gains:
        change = change_db(moved_db[stem] + now - then)
        otherwise = _is_estimate(rough.stems[stem])
        yield StemMove(stem, names[stem], group.id, as_is_db[stem], change, otherwise)


def _known(group: HeardGroup, rough: InRough, owners: Mapping[str, str]) -> _Known:
    stems = [rough.stems[stem.id] for stem in group.lane.stems if stem.id in rough.stems]
    gains = {each.id: each.gain for each in stems if each.unknown is None}
    shared = [
        (each.id, other)
        for each in rough.stems.values()
        if (other := each.twin) and owners.get(each.id) != owners.get(other)
        if group.id in (owners.get(each.id), owners.get(other))
    ]
    if shared:
        one, other = shared[0]
        said = f"{one} and {other} hold the same: which of them the rough mix has is not known"
        return _Known({}, left_alone=said)
    if any(each.unknown == "sum" for each in stems) or not gains:
        return _Known({}, left_alone=_why_not(stems))
    strangers = tuple(each.id for each in stems if each.unknown in ("absent", "outside"))
    remarks = _remarks(stems, strangers, owners, is_poor=rough.fit.explained_db < POOR_DB)
    is_estimate = any(map(_is_estimate, stems))
    return _Known(gains, strangers, remarks=tuple(remarks), is_estimate=is_estimate)


def _why_not(stems: Sequence[StemInRough]) -> str:
    """Why a group is left alone: what holds for a sum, else for most of its stems."""
    whys = [each.unknown for each in stems if each.unknown is not None]
    why = "sum" if "sum" in whys else max(whys, key=whys.count, default="silent")
    names = [each.id for each in stems if each.unknown == why]
    verb = _WHY.get(why, "cannot be told apart")
    said = verb if len(names) < 2 else verb.replace("is ", "are ", 1).replace("sounds", "sound")
    return f"{listed(names, 3)} {said}"


def _sounds_otherwise(stem: StemInRough) -> bool:
    return stem.unknown is None and stem.rest_db > _OTHERWISE_DB


def _is_doubted(stem: StemInRough) -> bool:
    return stem.unknown is None and stem.doubt_db > _DOUBTED_DB


def _is_estimate(stem: StemInRough) -> bool:
    return _sounds_otherwise(stem) or _is_doubted(stem)


def _remarks(
    stems: Iterable[StemInRough],
    strangers: Sequence[str],
    owners: Mapping[str, str],
    *,
    is_poor: bool,
) -> Iterator[str]:
    if strangers:
        yield f"{listed(strangers, 3)}: not found in the rough mix, the others' level counts"
    for each in stems:
        if each.alike is not None and owners.get(each.alike) != owners.get(each.id):
            yield f"{each.id} is nearly the same as {each.alike}: what each has is a guess"
        if _sounds_otherwise(each) and not is_poor:
            yield f"{each.id} sounds otherwise in the rough mix: its level there is an estimate"
        elif _is_doubted(each) and not is_poor:
            yield f"{each.id} moves its bus, or is moved by it: its level there is an estimate"
        if each.gain < 0.0:
            yield f"{each.id} is upside down in the rough mix"


def _move(
    group: HeardGroup, known: _Known, share_lu: float | None, moved_db: float | None
) -> GroupMove:
    left_alone = known.left_alone
    if moved_db is None:
        left_alone = left_alone or "too quiet, or too short, to measure"
    wanted_lu = None if share_lu is None or moved_db is None else share_lu + moved_db
    return GroupMove(
        group.id,
        tuple(stem.id for stem in group.lane.stems),
        group.lane.fader_db,
        change_db(moved_db or 0.0),
        told_lu(share_lu),
        told_lu(wanted_lu),
        left_alone,
        known.remarks,
        known.is_estimate,
    )
