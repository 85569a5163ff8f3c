"""Every level of every defect of a stem, and the stems it is put on."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.defects.clean import CleanStem, seeded
from benchmarks.defects.faults import levels, moments, origins, sides
from benchmarks.defects.truth import Level

LEVELS: tuple[Level, ...] = (
    *moments.LEVELS,
    *levels.LEVELS,
    *origins.LEVELS,
    *sides.LEVELS,
)


def queue_of(level: Level, stems: Sequence[CleanStem]) -> list[CleanStem]:
    """The stems a level is tried on, in a seeded order: those it may already be true of are not."""
    able = [
        stem
        for stem in stems
        if level.code not in stem.already and (not level.fits or stem.family in level.fits)
    ]
    order = seeded(level.code, level.name, "stems").permutation(len(able))
    return [able[each] for each in order]
