"""Faders and gains that give groups and stems the levels they have in the rough mix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bridge.advising.balancing.heard_groups import HeardGroup, Level, level_of, summed
from bridge.advising.balancing.proposal import GroupMove, StemMove, change_db, told_lu
from bridge.checking import InRough, StemInRough
from stemwright.decibels import amplitude_db, linear
from stemwright.values import dataclass
from stemwright.words import listed

POOR_DB = 8.0
"""Explained of the rough mix, below which its faders are hardly known."""
_OTHERWISE_DB = -15.0
"""What is left where a stem is alone, above which the rough mix has it processed otherwise."""
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


@dataclass(frozen=True)
class _Loud:
    """A group's loudness behind its fader as it is, and what this moves, but for what all do."""

    known: _Known
    as_is_lufs: float | None
    wanted_db: float | None = None


def towards_rough(
    groups: Sequence[HeardGroup], rough: InRough, rate_hz: int, levels: Mapping[str, Level]
) -> tuple[GroupMove, ...]:
    """What each fader moves so that every group has the share of the sum it has in the rough mix.

    `levels` are those at the faders. The groups that move stay as loud together as they are.
    """
    owners = {stem.id: each.id for each in groups for stem in each.lane.stems}
    knowns = {each.id: _known(each, rough, owners) for each in groups}
    in_rough = _rough_levels(rough, {name: each.gains for name, each in knowns.items()})
    louds = {
        each.id: _loud(each, rough, knowns[each.id], levels[each.id].lufs, in_rough.get(each.id))
        for each in groups
    }
    moved = {name: each.wanted_db for name, each in louds.items() if each.wanted_db is not None}
    common_db = as_loud_db(groups, moved, rate_hz)
    all_lufs = level_of(summed(groups, {}).blocks(), rate_hz).lufs
    return tuple(_move(each, louds[each.id], common_db, all_lufs) for each in groups)


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
    now = _input_lufs(rough, as_is_db)
    then = _input_lufs(rough, {stem: as_is_db[stem] + moved_db[stem] for stem in gains})
    if now is None or then is None:
        return
    names = {stem.id: stem.name for stem in group.lane.stems}
    for stem in gains:
        change = change_db(moved_db[stem] + now - then)
        yield StemMove(stem, names[stem], group.id, as_is_db[stem], change)


def _input_lufs(rough: InRough, gains_db: Mapping[str, float]) -> float | None:
    """How loud stems are together, before anything but their gains."""
    gains = {stem: linear(gain_db) for stem, gain_db in gains_db.items()}
    return level_of(rough.summed(gains, rough.rate_hz), rough.rate_hz).lufs


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
    return _Known(gains, strangers, remarks=tuple(remarks))


def _why_not(stems: Sequence[StemInRough]) -> str:
    """Why a group is left alone: what holds for a sum, else for most of its stems."""
    whys = [each.unknown for each in stems if each.unknown is not None]
    why = "sum" if "sum" in whys else max(whys, key=whys.count, default="silent")
    names = [each.id for each in stems if each.unknown == why]
    verb = _WHY.get(why, "cannot be told apart")
    said = verb if len(names) < 2 else verb.replace("is ", "are ", 1).replace("sounds", "sound")
    return f"{listed(names, 3)} {said}"


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
        if each.unknown is None and each.rest_db > _OTHERWISE_DB and not is_poor:
            yield f"{each.id} sounds otherwise in the rough mix: its level there is an estimate"
        if each.gain < 0.0:
            yield f"{each.id} is upside down in the rough mix"


def _rough_levels(
    rough: InRough, gains: Mapping[str, Mapping[str, float]]
) -> Mapping[str, float | None]:
    """How loud each group is in the rough mix, before its bus."""
    return {
        name: level_of(rough.summed(each, rough.rate_hz), rough.rate_hz).lufs
        for name, each in gains.items()
        if each
    }


def _loud(
    group: HeardGroup,
    rough: InRough,
    known: _Known,
    at_fader_lufs: float | None,
    in_rough_lufs: float | None,
) -> _Loud:
    as_is = None if at_fader_lufs is None else at_fader_lufs + group.lane.fader_db
    if known.left_alone or as_is is None or in_rough_lufs is None:
        return _Loud(known, as_is)
    aside_db = _strangers_db(group, rough, known) if known.strangers else 0.0
    return _Loud(known, as_is, in_rough_lufs - (as_is - aside_db))


def _strangers_db(group: HeardGroup, rough: InRough, known: _Known) -> float:
    """How much louder a group is by stems that the rough mix has not, before its inserts."""
    gains = group.stem_gains_db
    every, ours = (
        _input_lufs(rough, {stem: gains[stem] for stem in stems})
        for stems in ((*known.gains, *known.strangers), tuple(known.gains))
    )
    return 0.0 if every is None or ours is None else every - ours


def _move(group: HeardGroup, loud: _Loud, common_db: float, all_lufs: float | None) -> GroupMove:
    known, left_alone, wanted_db = loud.known, loud.known.left_alone, 0.0
    if loud.wanted_db is not None:
        wanted_db = loud.wanted_db + common_db
    elif not left_alone:
        left_alone = "too quiet, or too short, to measure"
    share_lu = None
    if loud.as_is_lufs is not None and all_lufs is not None:
        share_lu = loud.as_is_lufs - all_lufs
    return GroupMove(
        group.id,
        tuple(stem.id for stem in group.lane.stems),
        group.lane.fader_db,
        change_db(wanted_db),
        told_lu(share_lu),
        told_lu(None if share_lu is None or left_alone else share_lu + wanted_db),
        left_alone,
        known.remarks,
    )
