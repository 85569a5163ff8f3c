"""A stem or mix in memory, and how it becomes a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile

from bridge.audio import Block

Subtype = Literal["PCM_U8", "PCM_16", "PCM_24", "FLOAT"]
BITS: dict[Subtype, int] = {"PCM_U8": 8, "PCM_16": 16, "PCM_24": 24}


@dataclass(frozen=True)
class Sound:
    """`samples` (channels, frames) float64, full scale 1; `subtype` is what its file will be."""

    samples: Block
    rate_hz: int
    subtype: Subtype = "PCM_24"

    @property
    def frames(self) -> int:
        """Its length."""
        return int(self.samples.shape[1])

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.frames / self.rate_hz

    @property
    def peak(self) -> float:
        """Its largest finite magnitude."""
        return float(np.abs(np.nan_to_num(self.samples, posinf=0.0, neginf=0.0)).max(initial=0.0))

    def holding(self, samples: Block, subtype: Subtype | None = None) -> Sound:
        """The same with other samples, rounded to what its file can hold."""
        kept = subtype or self.subtype
        return replace(self, samples=on_grid(samples, kept), subtype=kept)


def on_grid(samples: Block, subtype: Subtype) -> Block:
    """Round to what a file of this subtype holds, full scale clipped; floats become float32."""
    if subtype == "FLOAT":
        return samples.astype(np.float32).astype(np.float64)
    scale = 2.0 ** (BITS[subtype] - 1)
    return np.clip(np.rint(samples * scale), -scale, scale - 1) / scale


def dithered(samples: Block, bits: int, rng: np.random.Generator) -> Block:
    """Round to `bits` with triangular dither of two steps."""
    scale = 2.0 ** (bits - 1)
    noise = rng.random(samples.shape) - rng.random(samples.shape)
    return np.clip(np.rint(samples * scale + noise), -scale, scale - 1) / scale


def write(sound: Sound, path: Path) -> None:
    """Write a WAV whose samples are those of `sound`, bit for bit."""
    if sound.subtype == "FLOAT":
        soundfile.write(path, sound.samples.T.astype(np.float32), sound.rate_hz, subtype="FLOAT")
        return
    steps = np.rint(sound.samples * 2.0**31).clip(-(2.0**31), 2.0**31 - 1).astype(np.int32)
    soundfile.write(path, steps.T, sound.rate_hz, subtype=sound.subtype)
