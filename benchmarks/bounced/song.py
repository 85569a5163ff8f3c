"""Songs in Ardour's terms, as values: regions, routes, sends and automation lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from stemwright.values import dataclass

RATE_HZ = 48_000

FadeShape = Literal["Linear", "Fast", "Slow", "ConstantPower", "Symmetric"]
"""As Ardour's scripts name them, behind "Fade"."""

Samples = npt.NDArray[np.float32]
"""(frames, channels)."""


@dataclass(frozen=True)
class Sound:
    """A file of a song; `make` gives its samples at `rate_hz`."""

    channels: int
    make: Callable[[], Samples]
    rate_hz: int = RATE_HZ


@dataclass(frozen=True)
class Fade:
    """How a region begins or ends."""

    shape: FadeShape
    frames: int


@dataclass(frozen=True)
class Region:
    """A stretch of a file in a playlist, in frames of the song; `envelope` from its own start."""

    sound: str
    position: int
    length: int
    offset: int = 0
    layer: int = 0
    opaque: bool = True
    muted: bool = False
    gain: float = 1.0
    fade_in: Fade = Fade("Linear", 64)
    fade_out: Fade = Fade("Linear", 64)
    envelope: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Line:
    """An automation line that is played; points by frame, or by beat in the beats' time domain."""

    points: tuple[tuple[float, float], ...]
    style: Literal["Linear", "Discrete", "Exponential", "Logarithmic"] = "Linear"
    in_beats: bool = False


@dataclass(frozen=True)
class Send:
    """An aux send; without a pan it follows its route's panner, `pan_line` moves its own."""

    target: str
    gain: float
    pre_fader: bool = False
    pan: float | None = None
    active: bool = True
    line: Line | None = None
    pan_line: Line | None = None


@dataclass(frozen=True)
class Route:
    """A track if it has regions, else a bus; pans are 0 (left) to 1."""

    name: str
    channels: int = 2
    regions: tuple[Region, ...] = ()
    gain: float = 1.0
    trim: float = 1.0
    pan: float = 0.5
    width: float = 1.0
    equal_power: bool = False
    inverted: bool = False
    muted: bool = False
    mute_points: str = "PostFader,Listen,Main"
    output: str = "Master"
    sends: tuple[Send, ...] = ()
    lines: Mapping[str, Line] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @property
    def is_track(self) -> bool:
        """Whether it has a playlist."""
        return bool(self.regions)


@dataclass(frozen=True)
class Tempo:
    """A tempo from a beat on; a ramp if it ends in another."""

    beat: int
    bpm: float
    end_bpm: float
    second: float


@dataclass(frozen=True)
class Song:
    """A session of one construct; `frames` is where it ends.

    `script` is what Ardour is to do to it before it is saved.

    `goal_dbfs` is the peak that the null is held to, `remains` a word on what is left of it.
    """

    name: str
    holds: str
    sounds: Mapping[str, Sound] = field(hash=False)
    routes: tuple[Route, ...]
    frames: int
    script: str = ""
    start: int = 0
    plugins: tuple[str, ...] = ()
    tempos: tuple[Tempo, ...] = (Tempo(0, 120.0, 120.0, 0.0),)
    goal_dbfs: float = -100.0
    remains: str = ""
