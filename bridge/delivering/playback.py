"""What streaming services do to a song's level: told, never delivered."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

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
    """By how many dB a service turns a song up or down.

    `held_db` is how much more it would be turned up if its true peak left room.
    """

    platform: Platform
    gain_db: float
    held_db: float = 0.0

    @property
    def name(self) -> str:
        """The service's."""
        return self.platform.name

    def as_json(self) -> dict[str, Any]:
        """The object of render.json's `playback`."""
        return {
            "name": self.name,
            "lufs": self.platform.lufs,
            "raises": self.platform.raises,
            "gain_db": round(self.gain_db, 2),
            "held_db": round(self.held_db, 2),
            "rule_source": self.platform.source,
            "rule_date": self.platform.read,
        }


@cache
def platforms() -> tuple[Platform, ...]:
    """The services, in the order of their file."""
    text = files(__package__).joinpath("platforms.toml").read_text("utf-8")
    return tuple(Platform(**table) for table in tomllib.loads(text)["platform"])


def playback_gains(measures: Measures) -> tuple[PlaybackGain, ...]:
    """What each service does to a song that measures so; none for one without a loudness."""
    return gains_of(measures.integrated_lufs, measures.true_peak_dbtp)


def gains_of(
    integrated_lufs: float | None, true_peak_dbtp: float | None
) -> tuple[PlaybackGain, ...]:
    """The same for the two figures that count."""
    if integrated_lufs is None or not math.isfinite(integrated_lufs) or true_peak_dbtp is None:
        return ()
    return tuple(_gain(each, integrated_lufs, true_peak_dbtp) for each in platforms())


def _gain(platform: Platform, integrated_lufs: float, true_peak_dbtp: float) -> PlaybackGain:
    wanted_db = platform.lufs - integrated_lufs
    if wanted_db <= 0.0:
        return PlaybackGain(platform, wanted_db)
    if not platform.raises:
        return PlaybackGain(platform, 0.0)
    room_db = max(0.0, platform.peak_dbtp - true_peak_dbtp)
    gain_db = min(wanted_db, room_db)
    return PlaybackGain(platform, gain_db, wanted_db - gain_db)
