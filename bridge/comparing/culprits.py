"""The name of what changed, where two renders' hashes first part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Literal

from bridge.finished import Lock, RenderFolder, Rides, Row
from chains import MASTER, Chain

Kind = Literal[
    "source", "insert", "order", "plugin", "state", "fader", "trim", "ride", "gain", "send",
    "target", "drive", "length", "subtype", "version", "host", "not_repeatable", "unknown",
]  # fmt: skip
"""What kind of thing changed; `host` is the engine or this tool itself, `not_repeatable` the same
step with the same input."""

Sides = tuple[Row | None, Row | None]
Named = tuple[str, Kind]
Rack = Mapping[str, tuple[object, ...]]
"""Inserts in signal order, and what each does."""


@dataclass(frozen=True)
class Level:
    """A group's trim, fader and sends, or a return's fader, as gains or in dB on both sides.

    `rides` act before the fader; `before` is what acts before the inserts, each under its name
    and kind.
    """

    trim: float | None
    fader: float | None
    sends: Mapping[str, float]
    rides: Rides = ()
    before: Mapping[Named, object] = field(default_factory=dict)


Levels = Mapping[str, Level]

_ENGINE = ("host", "host_version", "buffer_size", "sample_rate_hz", "tempo_bpm")


def culprit(a: RenderFolder, b: RenderFolder, sides: Sides, owner: str, passed: set[str]) -> Named:
    """Name what made `sides`, the first steps of `owner` that differ, differ.

    `passed` are the inserts before them, whose outputs agree.
    """
    step = sides[0] or sides[1]
    assert step is not None  # noqa: S101 - zip_longest never gives two absent steps
    if sides[0] is not None and sides[1] is not None and sides[0].key == sides[1].key:
        return _own_name(step, owner), "not_repeatable"
    before = None if passed else _before(a, b, owner)
    if before is not None:
        return before
    changed = _hosted(a, b, step.id)
    if changed is not None:
        return _own_name(step, owner), changed
    here = {each for side in sides if side is not None for each in side.inserts}
    if not step.id.startswith("sum"):
        for rows in (_locked_rows(a, b, owner), _chain_rows(a, b, owner)):
            parted = _parted(*rows, passed)
            reached = here & {*parted} or not step.inserts or _driven(a, b, owner)
            if parted and reached:
                return _named(a, b, owner, rows, parted)
    return _around(a, b, owner, step) or _unseen(a, b, step, owner)


def engine_changes(a: RenderFolder, b: RenderFolder) -> Iterator[str]:
    """Say in what the host, its settings or this tool differ."""
    if a.lock is None or b.lock is None:
        return
    for name in _ENGINE:
        one, other = (getattr(lock.engine, name) for lock in (a.lock, b.lock))
        if one != other:
            yield f"{name}: {one} and {other}"
    if a.lock.stemwright != b.lock.stemwright:
        yield f"stemwright: {a.lock.stemwright} and {b.lock.stemwright}"


def _own_name(step: Row, owner: str) -> str:
    return f"{owner}/{step.inserts[-1]}" if step.inserts else step.id


def _hosted(a: RenderFolder, b: RenderFolder, step: str) -> Kind | None:
    """Whether the plugin behind a step is another one, or the state it was given."""
    one, other = a.plugin(step), b.plugin(step)
    if one is None or other is None:
        return None
    if (one.binary, one.class_id) != (other.binary, other.class_id):
        return "plugin"
    return "state" if one.state != other.state else None


def _locked_rows(a: RenderFolder, b: RenderFolder, owner: str) -> tuple[Rack, Rack]:
    """The inserts of an owner in order, each with what it does, as the locks hold them."""
    one, other = a.mixer, b.mixer
    if one is None or other is None:
        return {}, {}
    rows = [
        {name: (side.spec(f"{owner}/{name}"),) for name in mixer[owner].inserts}
        if owner in mixer
        else {}
        for side, mixer in ((a, one), (b, other))
    ]
    return rows[0], rows[1]


def _chain_rows(a: RenderFolder, b: RenderFolder, owner: str) -> tuple[Rack, Rack]:
    """The same as the chains say it, with the last limiter, which is part of the target."""
    one, other = (
        {each.id: (each.settings, each.on, each.mix) for each in side.inserts(owner)}
        for side in (a, b)
    )
    return one, other


def _parted(a: Rack, b: Rack, passed: set[str]) -> tuple[str, ...]:
    """What stands where the inserts after those passed first part; nothing where they agree."""
    rows = ([name for name in row if name not in passed] for row in (a, b))
    for first, second in zip_longest(*rows):
        if first is None or second is None or (first, a[first]) != (second, b[second]):
            return tuple(dict.fromkeys(each for each in (first, second) if each is not None))
    return ()


def _named(
    a: RenderFolder, b: RenderFolder, owner: str, rows: tuple[Rack, Rack], parted: tuple[str, ...]
) -> Named:
    """Whether inserts changed places, or which was set otherwise, added or taken out."""
    if len(parted) > 1 and all(each in row for each in parted for row in rows):
        return f"{owner} order", "order"
    added = [each for each in parted if each not in rows[0]]
    name = f"{owner}/{(added or parted)[0]}"
    return name, _kind(a, b, name)


def _kind(a: RenderFolder, b: RenderFolder, name: str) -> Kind:
    return _hosted(a, b, name) or "insert"


def _driven(a: RenderFolder, b: RenderFolder, owner: str) -> bool:
    """Whether the drive differs, which a later master insert or the target decides."""
    return owner == MASTER and a.record.drive_db != b.record.drive_db


def _unseen(a: RenderFolder, b: RenderFolder, step: Row, owner: str) -> Named:
    """What neither chains nor mixers show: another host, or what nothing says."""
    return _own_name(step, owner), "host" if any(engine_changes(a, b)) else "unknown"


def _levels(a: RenderFolder, b: RenderFolder) -> tuple[Levels, Levels]:
    """Trims, faders and sends by owner: as both locks hold them, else as both chains say."""
    if a.lock is not None and b.lock is not None:
        return _locked_levels(a.lock), _locked_levels(b.lock)
    if a.chain is not None and b.chain is not None:
        return _chain_levels(a.chain), _chain_levels(b.chain)
    return {}, {}


def _locked_levels(lock: Lock) -> Levels:
    found = {}
    for row in lock.mixer:
        before: dict[Named, object] = {(f"{row.id} pre ride", "ride"): row.pre_rides}
        for source in (each for each in lock.sources if each.group == row.id):
            before[f"{source.stem} gain", "gain"] = source.gain_db
            before[f"{source.stem} ride", "ride"] = source.rides
        found[row.id] = Level(row.trim, row.fader, row.sends or {}, row.rides, before)
    return found


def _chain_levels(chain: Chain) -> Levels:
    groups = {each.id: Level(each.trim_db, each.gain_db, dict(each.sends)) for each in chain.groups}
    return {**groups, **{each.id: Level(None, each.gain_db, {}) for each in chain.returns}}


def _before(a: RenderFolder, b: RenderFolder, group: str) -> Named | None:
    """What differs of a group before its first insert: its trim, its stems' gains, early rides."""
    one, other = (each.get(group) for each in _levels(a, b))
    if one is None or other is None or one.trim is None or other.trim is None:
        return None
    return (f"{group} trim", "trim") if one.trim != other.trim else _moved(one, other)


def _moved(one: Level, other: Level) -> Named | None:
    shared = (each for each in one.before if each in other.before)
    return next((each for each in shared if one.before[each] != other.before[each]), None)


def _around(a: RenderFolder, b: RenderFolder, owner: str, step: Row) -> Named | None:
    """What beside inserts reaches a step: trims, faders, sends, the target, the version."""
    one, other = _levels(a, b)
    for group in (each for each in one if each in other):
        if one[group].trim is None or other[group].trim is None:
            continue
        found = _level(group, one[group], other[group], owner, (*one, MASTER))
        if found is not None:
            return found
    return _bus(a, b, step)


def _level(group: str, one: Level, other: Level, owner: str, owners: Sequence[str]) -> Named | None:
    """What of a group's trim, fader and sends differs and is heard in `owner`."""
    sends = (one.sends, other.sends)
    heard = owner in (group, MASTER) or any(owner in each for each in sends)
    if not heard or owner not in owners:
        return None
    if one.trim != other.trim:
        return f"{group} trim", "trim"
    moved = _moved(one, other)
    if moved is not None or owner == group:
        return moved
    if one.rides != other.rides:
        return f"{group} ride", "ride"
    if one.fader != other.fader:
        return f"{group} fader", "fader"
    sent = [{to: gain for to, gain in each.items() if owner in (to, MASTER)} for each in sends]
    return (f"{group} sends", "send") if sent[0] != sent[1] else None


def _bus(a: RenderFolder, b: RenderFolder, step: Row) -> Named | None:
    if step.id.startswith("sum"):
        one, other = _levels(a, b)
        for name, level in one.items():
            faders = level.fader, other[name].fader if name in other else None
            if level.trim is None and None not in faders and faders[0] != faders[1]:
                return f"{name} fader", "fader"
    if step.version != "main":
        return _version(a, b, step.version)
    return _finish(a, b, step)


def _version(a: RenderFolder, b: RenderFolder, name: str) -> Named | None:
    changed = _spec_changed(a, b, f"version {name}")
    if a.chain is not None and b.chain is not None:
        one, other = (
            next((each for each in chain.versions if each.id == name), None)
            for chain in (a.chain, b.chain)
        )
        changed = changed or one != other
    return (f"version {name}", "version") if changed else None


def _spec_changed(a: RenderFolder, b: RenderFolder, name: str) -> bool:
    """Whether the locks say that a target or a version is another one."""
    return a.lock is not None and b.lock is not None and a.spec(name) != b.spec(name)


def _finish(a: RenderFolder, b: RenderFolder, step: Row) -> Named | None:
    """What decides the finish, and the drive into the inserts that are part of it."""
    ends = step.id.startswith("finish/")
    if not ends and (not step.inserts or step.owner != MASTER or any(engine_changes(a, b))):
        return None
    if ends and a.lock is not None and b.lock is not None and a.lock.subtype != b.lock.subtype:
        return f"subtype {b.lock.subtype}", "subtype"
    driven = _driven(a, b, MASTER)
    if _target_changed(a, b):
        return ("target", "target") if ends or driven else None
    if driven:
        return "drive", "drive"
    return ("length", "length") if ends and _length(a) != _length(b) else None


def _length(side: RenderFolder) -> object:
    return side.lock.frames if side.lock else None


def _target_changed(a: RenderFolder, b: RenderFolder) -> bool:
    if _spec_changed(a, b, "target"):
        return True
    return a.chain is not None and b.chain is not None and a.chain.target != b.chain.target
