"""Versions that complement each other: by how much what they add up to is not the main master."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

from bridge.gathering import kept_signal
from bridge.planning import Plan, VersionPlan
from bridge.rendering.context import StepResult
from bridge.storing import Store, digest
from stemwright.decibels import rounded_db
from stemwright.problems import Diagnostic
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.audio import Block
    from bridge.rendering.master import Output
    from chains import Dynamics

MOST_BETWEEN_DBFS = -60.0
"""Versions with the main's gains that leave more than this between them and main do not sum."""

_VERSION = 1
_MOST_PAIRS = 8
_BLOCK_FRAMES = 65536


@dataclass(frozen=True)
class VersionsSum:
    """Versions that together are everything, and what is between their sum and the main master.

    `files` are the finished ones, the main master's first. `missing_dbfs` is the peak of that one
    less the others, None where they add up to the bit. `after` has the same of what comes out of
    each insert, by step, in the order of the render: where it grows, versions part.
    """

    parts: tuple[str, ...]
    dynamics: Dynamics
    files: tuple[Output, ...]
    missing_dbfs: float | None = None
    after: tuple[tuple[str, float | None], ...] = ()

    @property
    def fails(self) -> bool:
        """Whether versions that have the main's gains, and so shall add up, do not."""
        over = self.missing_dbfs is not None and self.missing_dbfs > MOST_BETWEEN_DBFS
        return over and self.dynamics == "main"

    def told(self) -> Diagnostic:
        """The same in words: a warning where it fails."""
        said = f"{' + '.join(self.parts)}: between their sum and main is {_peak(self.missing_dbfs)}"
        if self.fails:
            said += f", over {MOST_BETWEEN_DBFS:g} dBFS: they do not sum"
        if self.after:
            said += "".join(f"; after {step} {_peak(peak)}" for step, peak in self.after)
        if self.dynamics == "own":
            said += '; with dynamics = "main" they add up'
        if self.fails:
            return Diagnostic("warning", "versions_not_summing", "versions", said)
        return Diagnostic("note", "versions_sum", "versions", said)

    def blocks(self) -> Iterator[Block]:
        """Stream the main master less the others, (2, n) float64."""
        return _less([each() for each in self.streams()])

    def streams(self) -> list[Callable[[], Iterator[Block]]]:
        """What streams each of the files anew."""
        from bridge.audio import read_blocks

        return [partial(read_blocks, each.path) for each in self.files]


def _peak(peak_dbfs: float | None) -> str:
    return "nothing" if peak_dbfs is None else f"at most {peak_dbfs:.1f} dBFS"


def version_sums(
    plan: Plan,
    outputs: Sequence[Output],
    steps: Sequence[StepResult],
    store: Store,
    *,
    by_insert: bool = False,
) -> Iterator[VersionsSum]:
    """Yield each set of versions that together are everything, once.

    The finished files are read, and what comes out of inserts where versions that shall add up do
    not, or `by_insert` asks for it; the store keeps what was found.
    """
    files = {output.version: output for output in outputs}
    by_id = {step.id: step for step in steps}
    dynamics = {version.id: version.dynamics for version in plan.made}
    for parts in complements(plan):
        if not all(each in files for each in ("main", *parts)):
            continue
        own = tuple(files[name] for name in ("main", *parts))
        found = VersionsSum(parts, dynamics[parts[0]], own)
        peak = _missing_dbfs(store, [each.pcm_sha256 for each in own], found.streams())
        found = replace(found, missing_dbfs=peak)
        if by_insert or found.fails:
            found = replace(found, after=tuple(_after_inserts(plan, parts, by_id, store)))
        yield found


def complements(plan: Plan) -> Iterator[tuple[str, ...]]:
    """Yield the ids of versions that leave each other's stems out: pairs, and one a group."""
    stems = {lane.id: frozenset(stem.id for stem in lane.stems) for lane in plan.lanes}
    everything = frozenset[str]().union(*stems.values())
    for dynamics in ("own", "main"):
        sounding = {
            version.id: _sounding(version, stems)
            for version in plan.made
            if version.dynamics == dynamics and version.limiter and not version.gains_db
        }
        named = {each: name for name, each in reversed(sounding.items())}
        parts = {named[each]: each for each in sounding.values() if each and each != everything}
        pairs = [
            pair
            for pair in combinations(parts, 2)
            if not parts[pair[0]] & parts[pair[1]] and parts[pair[0]] | parts[pair[1]] == everything
        ]
        yield from pairs[:_MOST_PAIRS]
        of_groups = {each: name for name, each in sounding.items()}
        groups = tuple(of_groups.get(each, "") for each in stems.values())
        if len(groups) > 2 and all(groups):
            yield groups


def _sounding(version: VersionPlan, stems: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found = frozenset[str]().union(*(stems[group] for group in version.sounding))
    return found - set(version.without)


def _after_inserts(
    plan: Plan, parts: Sequence[str], steps: Mapping[str, StepResult], store: Store
) -> Iterator[tuple[str, float | None]]:
    """What is missing of the main master after each insert that the versions go through apart."""
    for step in steps.values():
        others = _parted(plan, parts, step.id, steps)
        if not step.inserts or not others:
            continue
        signals = [kept_signal(store, each.key, each.pcm) for each in (step, *others)]
        kept = [each for each in signals if each is not None]
        if len(kept) == len(signals):  # what is frozen, or solved long ago, lies elsewhere
            streams = [each.blocks for each in kept]
            yield step.id, _missing_dbfs(store, [each.digest for each in kept], streams)


def _parted(
    plan: Plan, parts: Sequence[str], step_id: str, steps: Mapping[str, StepResult]
) -> list[StepResult]:
    """A step of the main master as it is in each version that it sounds in; none where alike."""
    if all(f"{step_id}@{part}" not in steps for part in parts):
        return []
    group = step_id.partition("/")[0]
    found = []
    for version in plan.made:
        if version.id in parts:
            own = steps.get(f"{step_id}@{version.id}")
            if own is None and group in version.sounding:
                own = steps[step_id]
            found += [] if own is None else [own]
    return found


def _missing_dbfs(
    store: Store, pcm: Sequence[str], streams: Sequence[Callable[[], Iterable[Block]]]
) -> float | None:
    """The peak of a stream less the others, whose digests are `pcm`; the store keeps it."""
    key = digest("versions_sum", version=_VERSION, pcm=list(pcm))
    entry = store.get(key)
    if entry is None:
        entry = store.put(key, {"peak_dbfs": peak_between(streams)})
    found: float | None = entry.meta["peak_dbfs"]
    return found


def peak_between(streams: Sequence[Callable[[], Iterable[Block]]]) -> float | None:
    """The peak of the first of some streams of one length less the others, in dBFS; None: none."""
    from bridge.audio import block_levels

    left = _less([each() for each in streams])
    return rounded_db(max((block_levels(each)[0] for each in left if each.size), default=0.0), 1)


def _less(streams: Iterable[Iterable[Block]]) -> Iterator[Block]:
    """The first of some streams of one length less the others."""
    from bridge.audio import reblocked

    for block, *others in zip(*(reblocked(each, _BLOCK_FRAMES) for each in streams), strict=True):
        left = block.copy()
        for other in others:
            left -= other
        yield left
