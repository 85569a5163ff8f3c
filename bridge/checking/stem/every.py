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
from bridge.checking.stem.edges.cut_tail import CutTail
from bridge.checking.stem.edges.upcut_start import UpcutStart
from bridge.checking.stem.level.dc_offset import DcOffset
from bridge.checking.stem.level.hot_peaks import HotPeaks
from bridge.checking.stem.level.silent import Silent
from bridge.checking.stem.origin.lossy_source import LossySource
from bridge.checking.stem.origin.padded_bits import PaddedBits
from bridge.checking.stem.origin.role_conflict import RoleConflict
from bridge.checking.stem.origin.upsampled import Upsampled
from bridge.checking.stem.origin.wrong_depth import WrongDepth
from bridge.checking.stem.stereo.channel_polarity import ChannelPolarity
from bridge.checking.stem.stereo.dead_channel import DeadChannel
from bridge.checking.stem.stereo.mono_in_stereo import MonoInStereo
from bridge.checking.stem.stereo.wide_low_end import WideLowEnd

STEM_CHECKS: tuple[type[StemCheck], ...] = (
    ChannelPolarity,
    Clicks,
    Clipped,
    CorruptSamples,
    CutTail,
    DcOffset,
    DeadChannel,
    Dropout,
    HotPeaks,
    Hum,
    Limited,
    LossySource,
    MonoInStereo,
    NoiseFloor,
    PaddedBits,
    RoleConflict,
    Silent,
    UpcutStart,
    Upsampled,
    WideLowEnd,
    WrongDepth,
)
