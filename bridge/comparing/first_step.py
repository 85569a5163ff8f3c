"""Where two renders part: the first thing in signal order that gets the same and gives another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from bridge.comparing.culprits import Kind, culprit, engine_changes
from bridge.finished import RenderFolder, Row, differences, open_render
from chains import MASTER

_REASONS: frozenset[Kind] = frozenset(
    {
        "source", "insert", "order", "plugin", "state", "fader", "trim", "ride", "gain", "send",
        "target", "subtype", "version",
    }
)  # fmt: skip
"""What makes a difference by itself: a drive may be the consequence of one."""


@dataclass(frozen=True)
class FirstStep:
    """`name` is what a person knows it by (`vocals/deess`), `step` its row in render.json.

    `level_delta_db` is by how much more comes out of that step in B, rms; None where unknown.
    """

    name: str
    kind: Kind
    step: str | None
    level_delta_db: float | None = None


@dataclass(frozen=True)
class GroupDiff:
    """One stem group after its inserts; `level_delta_db` is B's rms minus A's."""

    id: str
    same: bool
    level_delta_db: float | None


@dataclass(frozen=True)
class Renderings:
    """Two renders side by side by their hashes, without their audio.

    `not_repeatable` are the steps that gave two results of one input. Where something else was
    changed as well, that is `first`. `changed` says of everything that was set, chosen or given
    otherwise what it was and what it is, in signal order.
    """

    first: FirstStep | None
    groups: tuple[GroupDiff, ...]
    differing: tuple[str, ...]
    engine: tuple[str, ...]
    not_repeatable: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """`first`, groups, the ids of all steps that differ, what differs in the engine."""
        return asdict(self)


def compare_renders(a: Path, b: Path) -> Renderings | None:
    """Compare two finished folders by their hashes; None unless both are renders of ours."""
    one, other = open_render(a), open_render(b)
    if one is None or other is None:
        return None
    unread = [
        f"{side}'s lock is not compared: {each.lock_fault}"
        for side, each in (("A", one), ("B", other))
        if each.lock_fault is not None
    ]
    if unread:
        one, other = replace(one, lock=None), replace(other, lock=None)
    return Renderings(
        _first(one, other),
        tuple(_groups(one, other)),
        _differing(one, other),
        (*unread, *engine_changes(one, other)),
        tuple(_unsteady(one, other)),
        tuple(_changes(one, other)),
    )


def _changes(a: RenderFolder, b: RenderFolder) -> Iterator[str]:
    """What the locks hold otherwise, the drive last; the engine is told by itself."""
    if a.lock is not None and b.lock is not None:
        for problem in differences(a.lock, b.lock):
            if problem.kind != "host_differs":
                yield problem.message
    was, now = (side.record.drive_db for side in (a, b))
    if was is not None and now is not None and was != now:
        yield f"the drive was {was:+.2f} dB and is {now:+.2f} dB"


def _first(a: RenderFolder, b: RenderFolder) -> FirstStep | None:
    """What parts first; where that is no reason by itself, the first reason there is."""
    found = _partings(a, b)
    first = next(found, None)
    if first is None or first.kind not in ("not_repeatable", "unknown"):
        return first
    return next((each for each in found if each.kind in _REASONS), first)


def _partings(a: RenderFolder, b: RenderFolder) -> Iterator[FirstStep]:
    """Everything that differs, in signal order."""
    groups = keys_first(a)
    for owner in [*groups, *(each for each in b.groups if each not in groups)]:
        for changed in sorted(_changed(a.sources(owner), b.sources(owner))):
            yield FirstStep(f"{owner}/{changed}", "source", None)
        yield from _parting(a, b, (a.of(owner), b.of(owner)), owner)
    for version in _versions(a, b):
        for owner in _buses(a, b, version):
            yield from _parting(a, b, (a.of(owner, version), b.of(owner, version)), owner)


def keys_first(render: RenderFolder) -> list[str]:
    """Group ids so that each comes after those it listens to, in summing order otherwise."""
    waiting, ordered = render.groups, list[str]()
    while waiting:
        ready = [each for each in waiting if not _heard(render, each) & {*waiting} - {each}]
        ordered.append((ready or waiting)[0])
        waiting = [each for each in waiting if each != ordered[-1]]
    return ordered


def _heard(render: RenderFolder, group: str) -> set[str]:
    keys = (getattr(insert.settings, "key", None) for insert in render.inserts(group))
    return {str(key) for key in keys if key is not None}


def _parting(
    a: RenderFolder, b: RenderFolder, rows: tuple[Sequence[Row], Sequence[Row]], owner: str
) -> Iterator[FirstStep]:
    passed: set[str] = set()
    for first, second in zip_longest(*rows):
        if first is None or second is None or first.pcm != second.pcm:
            name, kind = culprit(a, b, (first, second), owner, passed)
            yield FirstStep(name, kind, (first or second).id, _level_delta_db(first, second))
        passed |= {each for step in (first, second) if step is not None for each in step.inserts}


def _unsteady(a: RenderFolder, b: RenderFolder) -> Iterator[str]:
    other = {step.id: step for step in b.steps}
    for step in a.steps:
        again = other.get(step.id)
        if again is not None and again.key == step.key and again.pcm != step.pcm:
            yield step.id


def _changed(a: dict[str, tuple[str, ...]], b: dict[str, tuple[str, ...]]) -> Iterator[str]:
    yield from (stem for stem in {**a, **b} if a.get(stem) != b.get(stem))


def _versions(a: RenderFolder, b: RenderFolder) -> list[str]:
    names = [each.version for side in (a, b) for each in side.record.outputs]
    return list(dict.fromkeys(names))


def _buses(a: RenderFolder, b: RenderFolder, version: str) -> list[str]:
    """Groups that lose stems in a version, returns, then the master bus, as the record has them."""
    steps = [step for side in (a, b) for step in side.steps if step.version == version]
    groups = {*a.groups, *b.groups} if version == "main" else set()
    owners = [step.owner for step in steps if step.owner not in {*groups, MASTER}]
    return [*dict.fromkeys(owners), MASTER]


def _differing(a: RenderFolder, b: RenderFolder) -> tuple[str, ...]:
    one, other = ({step.id: step.pcm for step in side.steps} for side in (a, b))
    return tuple(each for each in {**one, **other} if one.get(each) != other.get(each))


def _groups(a: RenderFolder, b: RenderFolder) -> Iterator[GroupDiff]:
    for group in dict.fromkeys([*a.groups, *b.groups]):
        first, second = (_last(side.of(group)) for side in (a, b))
        if first is None or second is None:
            same = first is second and a.sources(group) == b.sources(group)
            yield GroupDiff(group, same, None)
            continue
        yield GroupDiff(group, first.pcm == second.pcm, _level_delta_db(first, second))


def _last(steps: Sequence[Row]) -> Row | None:
    return steps[-1] if steps else None


def _level_delta_db(a: Row | None, b: Row | None) -> float | None:
    if a is None or b is None or a.rms_out_dbfs is None or b.rms_out_dbfs is None:
        return None
    return round(b.rms_out_dbfs - a.rms_out_dbfs, 3)
