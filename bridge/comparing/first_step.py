"""Where two renders part: the first thing in signal order that gets the same and gives another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from bridge.comparing.culprits import Kind, culprit
from bridge.comparing.render_folder import MASTER, RenderFolder, Step, open_render

_ENGINE = ("host", "host_version", "buffer_size", "sample_rate_hz", "tempo_bpm")


@dataclass(frozen=True)
class FirstStep:
    """`name` is what a person knows it by (`vocals/deess`), `step` its row in render.json."""

    name: str
    kind: Kind
    step: str | None


@dataclass(frozen=True)
class GroupDiff:
    """One stem group after its inserts; `level_delta_db` is B's rms minus A's."""

    id: str
    same: bool
    level_delta_db: float | None


@dataclass(frozen=True)
class Renderings:
    """Two renders side by side by their hashes, without their audio."""

    first: FirstStep | None
    groups: tuple[GroupDiff, ...]
    differing: tuple[str, ...]
    engine: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """`first`, groups, the ids of all steps that differ, what differs in the engine."""
        return asdict(self)


def compare_renders(a: Path, b: Path) -> Renderings | None:
    """Compare two finished folders by their hashes; None unless both are renders of ours."""
    one, other = open_render(a), open_render(b)
    if one is None or other is None:
        return None
    return Renderings(
        _first(one, other),
        tuple(_groups(one, other)),
        _differing(one, other),
        tuple(_engine(one, other)),
    )


def _first(a: RenderFolder, b: RenderFolder) -> FirstStep | None:
    groups = keys_first(a)
    for owner in [*groups, *(each for each in b.groups if each not in groups)]:
        changed = sorted(_changed(a.sources(owner), b.sources(owner)))
        if changed:
            return FirstStep(f"{owner}/{changed[0]}", "source", None)
        found = _parting(a, b, a.of(owner), b.of(owner), owner)
        if found is not None:
            return found
    for version in _versions(a, b):
        for owner in _buses(a, b, version):
            found = _parting(a, b, a.of(owner, version), b.of(owner, version), owner)
            if found is not None:
                return found
    return None


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
    a: RenderFolder, b: RenderFolder, one: Sequence[Step], other: Sequence[Step], owner: str
) -> FirstStep | None:
    passed: set[str] = set()
    for first, second in zip_longest(one, other):
        if first is not None and second is not None and first.pcm == second.pcm:
            passed |= {*first.inserts, *second.inserts}
            continue
        name, kind = culprit(a, b, (first, second), owner, passed)
        return FirstStep(name, kind, (first or second).id)
    return None


def _changed(a: dict[str, tuple[str, ...]], b: dict[str, tuple[str, ...]]) -> Iterator[str]:
    yield from (stem for stem in {**a, **b} if a.get(stem) != b.get(stem))


def _versions(a: RenderFolder, b: RenderFolder) -> list[str]:
    names = [str(each["version"]) for side in (a, b) for each in side.record["outputs"]]
    return list(dict.fromkeys(names))


def _buses(a: RenderFolder, b: RenderFolder, version: str) -> list[str]:
    """Returns first, then the master bus, each in the order of the record."""
    steps = [step for side in (a, b) for step in side.steps if step.version == version]
    groups = {*a.groups, *b.groups}
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
        yield GroupDiff(group, first.pcm == second.pcm, _gain_db(first.rms_dbfs, second.rms_dbfs))


def _last(steps: Sequence[Step]) -> Step | None:
    return steps[-1] if steps else None


def _gain_db(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else round(b - a, 3)


def _engine(a: RenderFolder, b: RenderFolder) -> Iterator[str]:
    one, other = (side.lock.get("engine", {}) for side in (a, b))
    for name in _ENGINE:
        if one.get(name) != other.get(name):
            yield f"{name}: {one.get(name)} and {other.get(name)}"
