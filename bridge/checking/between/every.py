"""Every check between stems. A new one is a file in this folder and a line here."""

from __future__ import annotations

from dataclasses import replace

from bridge.checking.between.clock_drift import ClockDrift
from bridge.checking.between.contains import Contains
from bridge.checking.between.double_return import DoubleReturn
from bridge.checking.between.duplicate import Duplicate
from bridge.checking.between.extents import Extents
from bridge.checking.between.port import BetweenCheck, Song
from bridge.checking.between.printed_bus import PrintedBus
from bridge.checking.between.sample_rates import SampleRates
from bridge.checking.between.shorter_and_early import ShorterAndEarly
from bridge.checking.findings import Shared

BETWEEN_CHECKS: tuple[type[BetweenCheck], ...] = (
    ClockDrift,
    Contains,
    DoubleReturn,
    Duplicate,
    Extents,
    PrintedBus,
    SampleRates,
    ShorterAndEarly,
)


def found_between(song: Song) -> list[Shared]:
    """What every check tells, in their order.

    Where the song's stems are looked at by several processes, one hears meanwhile whether they were
    printed through a bus: that and what holds what take nearly all the time.
    """
    alone = song if song.mapped is map else replace(song, mapped=map)
    printed = iter(song.mapped(_found, (PrintedBus,), (alone,)))
    return [
        shared
        for each in BETWEEN_CHECKS
        for shared in (next(printed) if each is PrintedBus else _found(each, song))
    ]


def _found(check: type[BetweenCheck], song: Song) -> list[Shared]:
    return list(check().find(song))
