"""Every check of a stem. A new one is a file in this folder's families and a line here."""

from __future__ import annotations

from bridge.checking.port import StemCheck
from bridge.checking.stem.damage.clicks import Clicks
from bridge.checking.stem.damage.clipped import Clipped
from bridge.checking.stem.damage.corrupt_samples import CorruptSamples
from bridge.checking.stem.damage.dropout import Dropout
from bridge.checking.stem.damage.hum import Hum
from bridge.checking.stem.damage.limited import Limited
from bridge.checking.stem.damage.noise_floor import NoiseFloor
from bridge.checking.stem.level.dc_offset import DcOffset
from bridge.checking.stem.level.hot_peaks import HotPeaks
from bridge.checking.stem.level.silent import Silent

STEM_CHECKS: tuple[type[StemCheck], ...] = (
    Clicks,
    Clipped,
    CorruptSamples,
    DcOffset,
    Dropout,
    HotPeaks,
    Hum,
    Limited,
    NoiseFloor,
    Silent,
)
