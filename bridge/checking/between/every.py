"""Every check between stems. A new one is a file in this folder and a line here."""

from __future__ import annotations

from bridge.checking.between.clock_drift import ClockDrift
from bridge.checking.between.contains import Contains
from bridge.checking.between.double_return import DoubleReturn
from bridge.checking.between.duplicate import Duplicate
from bridge.checking.between.extents import Extents
from bridge.checking.between.port import BetweenCheck
from bridge.checking.between.printed_bus import PrintedBus
from bridge.checking.between.sample_rates import SampleRates
from bridge.checking.between.shorter_and_early import ShorterAndEarly

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
