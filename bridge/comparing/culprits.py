"""The name of what changed, where two renders' hashes first part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Literal

from bridge.comparing.render_folder import MASTER, RenderFolder, Step
from chains import Chain, Group, Insert

Kind = Literal[
    "source", "insert", "plugin", "state", "fader", "trim", "send", "target", "drive", "subtype",
    "version", "host", "not_repeatable", "unknown",
]  # fmt: skip
"""What kind of thing changed; `host` is the engine or this tool itself, `not_repeatable` the same
step with the same input."""

Sides = tuple[Step | None, Step | None]
Named = tuple[str, Kind]

_ENGINE = ("host", "host_version", "buffer_size", "sample_rate_hz", "tempo_bpm")


def culprit(a: RenderFolder, b: RenderFolder, sides: Sides, owner: str, passed: set[str]) -> Named:
    """Name what made `sides`, the first steps of `owner` that differ, differ.

    `passed` are the inserts before them, whose outputs agree.
    """
    step = sides[0] or sides[1]
    assert step is not None  # noqa: S101 - zip_longest never gives two absent steps
    if sides[0] is not None and sides[1] is not None and sides[0].key == sides[1].key:
        return _own_name(step, owner), "not_repeatable"
    changed = _hosted(a, b, step)
    if changed is not None:
        return _own_name(step, owner), changed
    inserts = _changed_insert(a.inserts(owner), b.inserts(owner), passed)
    here = {each for side in sides if side is not None for each in side.inserts}
    if inserts is not None and (inserts in here or not step.inserts or _driven(a, b, owner)):
        at_the_sum = step.id.startswith("sum")
        if not at_the_sum:
            return f"{owner}/{inserts}", "insert"
    return _around(a, b, owner, step) or (_own_name(step, owner), _unseen(a, b, step))


def engine_changes(a: RenderFolder, b: RenderFolder) -> Iterator[str]:
    """Say in what the host, its settings or this tool differ."""
    one, other = (side.lock.get("engine", {}) for side in (a, b))
    for name in _ENGINE:
        if one.get(name) != other.get(name):
            yield f"{name}: {one.get(name)} and {other.get(name)}"
    ours = [side.lock.get("stemwright") for side in (a, b)]
    if ours[0] != ours[1]:
        yield f"stemwright: {ours[0]} and {ours[1]}"


def _own_name(step: Step, owner: str) -> str:
    return f"{owner}/{step.inserts[-1]}" if step.inserts else step.id


def _hosted(a: RenderFolder, b: RenderFolder, step: Step) -> Kind | None:
    """Whether the plugin behind a step is another one, or the state it was given."""
    one, other = a.plugin(step.id), b.plugin(step.id)
    if not one or not other:
        return None
    if (one.get("binary"), one.get("class_id")) != (other.get("binary"), other.get("class_id")):
        return "plugin"
    return "state" if one.get("state") != other.get("state") else None


def _changed_insert(a: Sequence[Insert], b: Sequence[Insert], passed: set[str]) -> str | None:
    """The first insert after those passed that was set otherwise, added or taken out."""
    one, other = ([each for each in row if each.id not in passed] for row in (a, b))
    for first, second in zip_longest(one, other):
        if first is None or second is None:
            return str((first or second).id)
        if _sound(first) != _sound(second):
            added = second.id not in {each.id for each in one}
            return second.id if added else first.id
    return None


def _sound(insert: Insert) -> tuple[object, ...]:
    return insert.settings, insert.on, insert.mix


def _driven(a: RenderFolder, b: RenderFolder, owner: str) -> bool:
    """Whether the drive differs, which a later master insert or the target decides."""
    return owner == MASTER and a.record.get("drive_db") != b.record.get("drive_db")


def _unseen(a: RenderFolder, b: RenderFolder, step: Step) -> Kind:
    """What the chains do not show: another host, or a chain edited after it was rendered."""
    if any(engine_changes(a, b)):
        return "host"
    heard = [[side.sources(group) for group in side.groups] for side in (a, b)]
    if heard[0] == heard[1] and a.spec(step.id) != b.spec(step.id):  # a longer stem changes all
        return "fader" if step.id.startswith("sum") else "insert"
    return "unknown"


def _around(a: RenderFolder, b: RenderFolder, owner: str, step: Step) -> Named | None:
    """What beside inserts reaches a step: trims, faders, sends, the target, the version."""
    if a.chain is None or b.chain is None:
        return None
    groups = [(each, _group(b.chain, each.id)) for each in a.chain.groups]
    for one, other in groups:
        if other is not None and _reaches(one, other, owner, a.chain):
            found = _levels(one, other, owner)
            if found is not None:
                return found
    return _bus(a, b, step)


def _reaches(one: Group, other: Group, owner: str, chain: Chain) -> bool:
    """Whether what a group's trim, fader and sends decide is heard in `owner`."""
    if owner in {each.id for each in chain.groups}:
        return one.id == owner
    return owner == MASTER or owner in dict((*one.sends, *other.sends))


def _levels(one: Group, other: Group, owner: str) -> Named | None:
    if one.trim_db != other.trim_db:
        return f"{one.id} trim", "trim"
    if owner == one.id:
        return None
    if one.gain_db != other.gain_db:
        return f"{one.id} fader", "fader"
    sent = [{to: db for to, db in each.sends if owner in (to, MASTER)} for each in (one, other)]
    return (f"{one.id} sends", "send") if sent[0] != sent[1] else None


def _bus(a: RenderFolder, b: RenderFolder, step: Step) -> Named | None:
    if a.chain is None or b.chain is None:
        return None
    for one, other in zip(a.chain.returns, b.chain.returns, strict=False):
        if one.id == other.id and one.gain_db != other.gain_db and step.id.startswith("sum"):
            return f"{one.id} fader", "fader"
    if step.version != "main":
        return _version(a.chain, b.chain, step.version)
    return _finish(a, b, step)


def _version(a: Chain, b: Chain, name: str) -> Named | None:
    one, other = (
        next((each for each in chain.versions if each.id == name), None) for chain in (a, b)
    )
    return (f"version {name}", "version") if one != other else None


def _finish(a: RenderFolder, b: RenderFolder, step: Step) -> Named | None:
    """What decides the finish, and the drive into the inserts that are part of it."""
    ends = step.id.startswith("finish/")
    if not ends and (not step.inserts or step.owner != MASTER or any(engine_changes(a, b))):
        return None
    if ends and a.lock.get("subtype") != b.lock.get("subtype"):
        return f"subtype {b.lock.get('subtype')}", "subtype"
    driven = _driven(a, b, MASTER)
    if a.chain is not None and b.chain is not None and a.chain.target != b.chain.target:
        return ("target", "target") if ends or driven else None
    return ("drive", "drive") if driven else None


def _group(chain: Chain, group: str) -> Group | None:
    return next((each for each in chain.groups if each.id == group), None)
