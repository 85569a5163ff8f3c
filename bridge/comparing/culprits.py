"""The name of what changed, where two renders' hashes first part."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Literal

from bridge.comparing.render_folder import MASTER, RenderFolder, Step
from chains import Chain, Group, Insert

Kind = Literal[
    "source", "insert", "plugin", "state", "fader", "trim", "send", "target", "drive", "version",
    "not_repeatable", "unknown",
]  # fmt: skip
"""What kind of thing changed; `not_repeatable` is the same step with the same input."""

Sides = tuple[Step | None, Step | None]
Named = tuple[str, Kind]


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
    return _around(a, b, owner, step) or (_own_name(step, owner), "unknown")


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


def _around(a: RenderFolder, b: RenderFolder, owner: str, step: Step) -> Named | None:
    """What beside inserts reaches a step: trims, faders, sends, the target, the version."""
    if a.chain is None or b.chain is None:
        return None
    groups = [(each, _group(b.chain, each.id)) for each in a.chain.groups]
    for one, other in groups:
        if other is None:
            continue
        if one.id == owner and one.trim_db != other.trim_db:
            return f"{one.id} trim", "trim"
        if step.owner in (one.id, *(each.id for each in a.chain.groups)):
            continue
        if one.gain_db != other.gain_db:
            return f"{one.id} fader", "fader"
        if one.sends != other.sends:
            return f"{one.id} sends", "send"
    return _bus(a, b, step)


def _bus(a: RenderFolder, b: RenderFolder, step: Step) -> Named | None:
    if a.chain is None or b.chain is None:
        return None
    for one, other in zip(a.chain.returns, b.chain.returns, strict=False):
        if one.id == other.id and one.gain_db != other.gain_db:
            return f"{one.id} fader", "fader"
    if step.version != "main":
        if a.chain.versions != b.chain.versions:
            return f"version {step.version}", "version"
        return None
    if step.id.startswith("finish/"):
        if a.chain.target != b.chain.target:
            return "target", "target"
        if a.record.get("drive_db") != b.record.get("drive_db"):
            return "drive", "drive"
    return None


def _group(chain: Chain, group: str) -> Group | None:
    return next((each for each in chain.groups if each.id == group), None)
