"""Every check of a stem. A new one is a file in this folder's families and a line here."""

from __future__ import annotations

from bridge.checking.port import StemCheck
from bridge.checking.stem.level.dc_offset import DcOffset
from bridge.checking.stem.level.hot_peaks import HotPeaks
from bridge.checking.stem.level.silent import Silent

STEM_CHECKS: tuple[type[StemCheck], ...] = (
    DcOffset,
    HotPeaks,
    Silent,
)
