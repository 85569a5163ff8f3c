"""What the songs of constructs are made of: sounds, and regions that hold them whole."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.bounced.song import (
    RATE_HZ,
    Region,
    Route,
    Samples,
    Sound,
)

FRAMES = 4 * RATE_HZ + 321
MASTER = Route("Master")
NARROW = "float32 in Ardour's mixer"


def noise(seed: int, channels: int, frames: int = FRAMES) -> Samples:
    return np.random.default_rng(seed).uniform(-0.4, 0.4, (frames, channels)).astype(np.float32)


def backwards(seed: int, channels: int) -> Samples:
    return np.ascontiguousarray(noise(seed, channels)[::-1])


def tones(rate_hz: int, channels: int) -> Samples:
    """Below 9 kHz, so that every converter that is any good gives the same."""
    at = np.arange(3 * rate_hz) / rate_hz
    tones = [np.sin(2 * np.pi * hz * at) for hz in (61.0, 440.0, 1234.5, 8765.0)]
    wave = sum(tones) * 0.08 * np.minimum(1.0, np.minimum(at, 3.0 - at) / 0.05)
    return np.stack([wave, -0.5 * wave], axis=1)[:, :channels].astype(np.float32)


def sounds(mono: int = 1, stereo: int = 2) -> dict[str, Sound]:
    return {"one": Sound(1, partial(noise, mono, 1)), "two": Sound(2, partial(noise, stereo, 2))}


WHOLE_ONE = Region("one", 0, FRAMES - 10)
WHOLE_TWO = Region("two", 100, FRAMES - 200, offset=50)
