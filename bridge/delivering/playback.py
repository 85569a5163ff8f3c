"""What streaming services do to a song's level: told, never delivered."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.metering import Measures


@dataclass(frozen=True)
class Platform:
    """A service: the loudness it plays at, whether it turns up, and under which true peak."""

    name: str
    lufs: float
    raises: bool
    source: str
    read: str
    peak_dbtp: float = 0.0


@dataclass(frozen=True)
class PlaybackGain:
    """By how many dB a service turns a song up or down."""

    name: str
    gain_db: float


@cache
def platforms() -> tuple[Platform, ...]:
    """The services, in the order of their file."""
    text = files(__package__).joinpath("platforms.toml").read_text("utf-8")
    return tuple(Platform(**table) for table in tomllib.loads(text)["platform"])


def playback_gains(measures: Measures) -> tuple[PlaybackGain, ...]:
    """What each service does to a song that measures so; none for one without a loudness."""
    if not math.isfinite(measures.integrated_lufs):
        return ()
    return tuple(PlaybackGain(each.name, _gain_db(each, measures)) for each in platforms())


def _gain_db(platform: Platform, measures: Measures) -> float:
    wanted_db = platform.lufs - measures.integrated_lufs
    if wanted_db <= 0.0:
        return wanted_db
    if not platform.raises:
        return 0.0
    return max(0.0, min(wanted_db, platform.peak_dbtp - measures.true_peak_dbtp))
