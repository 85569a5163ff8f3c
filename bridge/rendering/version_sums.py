"""Versions that complement each other: by how much what they add up to is not the main master."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.planning import Plan, VersionPlan
from bridge.storing import Store, digest
from stemwright.decibels import rounded_db
from stemwright.problems import Diagnostic

if TYPE_CHECKING:
    from bridge.rendering.master import Output

_VERSION = 1
_MOST_PAIRS = 8
_BLOCK_FRAMES = 65536


def sums_told(plan: Plan, outputs: Sequence[Output], store: Store) -> Iterator[Diagnostic]:
    """Yield a note for each set of versions that together are everything, once each.

    The finished files are read; the store keeps what was found.
    """
    files = {output.version: output for output in outputs}
    if "main" not in files:
        return
    for parts in complements(plan):
        if not all(part in files for part in parts):
            continue
        missing_dbfs = _missing_dbfs([files[name] for name in ("main", *parts)], store)
        found = "nothing" if missing_dbfs is None else f"at most {missing_dbfs:.1f} dBFS"
        said = f"{' + '.join(parts)}: between their sum and main is {found}"
        if any(each.id in parts and each.dynamics == "own" for each in plan.versions):
            said += '; with dynamics = "main" they add up'
        yield Diagnostic("note", "versions_sum", "versions", said)


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


def _missing_dbfs(files: Sequence[Output], store: Store) -> float | None:
    """The peak of the first file less the others; None where they add up to the bit."""
    key = digest("versions_sum", version=_VERSION, pcm=[each.pcm_sha256 for each in files])
    entry = store.get(key)
    if entry is None:
        peak = _missing([each.path for each in files])
        entry = store.put(key, {"peak_dbfs": rounded_db(peak, 1)})
    found: float | None = entry.meta["peak_dbfs"]
    return found


def _missing(paths: Sequence[Path]) -> float:
    import numpy as np

    from bridge.audio import read_blocks, reblocked

    whole, *parts = [reblocked(read_blocks(path), _BLOCK_FRAMES) for path in paths]
    peak = 0.0
    for block, *others in zip(whole, *parts, strict=True):
        left = block.copy()
        for other in others:
            left -= other
        peak = max(peak, float(np.abs(left).max(initial=0.0)))
    return peak
