"""What sounds in a version: whole groups, and groups of which single stems are left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bridge.planning.model import Lane, Stem, VersionPlan
from chains import Chain, Version
from chains.select import StemName, matches, stem_selector
from stemwright.problems import Diagnostic


def version_plans(
    chain: Chain, lanes: Sequence[Lane], notes: list[Diagnostic]
) -> tuple[VersionPlan, ...]:
    """Resolve the chain's versions; what a version names and this song lacks goes to `notes`.

    A group that loses some of its stems is a lane of its own. One that loses all is muted like a
    group that is named: after its fader, so that groups which listen to it still hear it.
    """
    plans = []
    for version in chain.versions:
        notes += _unmatched(version, lanes)
        plans.append(_version(version, lanes))
    return tuple(plans)


def _version(version: Version, lanes: Sequence[Lane]) -> VersionPlan:
    kept = {lane.id: _kept(version, lane) for lane in lanes}
    sounding = [lane for lane in lanes if kept[lane.id]]
    partial = [lane for lane in sounding if kept[lane.id] != lane.stems]
    return VersionPlan(
        version.id,
        tuple(lane.id for lane in sounding),
        tuple(replace(lane, stems=kept[lane.id]) for lane in partial),
        tuple(stem.id for lane in partial for stem in lane.stems if stem not in kept[lane.id]),
    )


def _kept(version: Version, lane: Lane) -> tuple[Stem, ...]:
    words = version.only or version.mute
    if lane.id in words:
        return lane.stems if version.only else ()
    chosen = [any(_takes(word, stem) for word in words) for stem in lane.stems]
    keeps = bool(version.only)
    return tuple(
        stem for stem, is_chosen in zip(lane.stems, chosen, strict=True) if is_chosen is keeps
    )


def _takes(word: str, stem: Stem) -> bool:
    selector = stem_selector(word)
    return selector is not None and matches(selector, StemName(stem.id, stem.name, stem.role))


def _unmatched(version: Version, lanes: Sequence[Lane]) -> Iterator[Diagnostic]:
    stems = [stem for lane in lanes for stem in lane.stems]
    for word in (*version.mute, *version.only):
        if stem_selector(word) is not None and not any(_takes(word, stem) for stem in stems):
            message = f'version {version.id}: "{word}" is no stem of this song'
            yield Diagnostic("warning", "version_selects_nothing", str(version.where), message)
