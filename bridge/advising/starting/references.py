"""The music that a starter chain aims at: heard once, and never part of what is rendered."""

from __future__ import annotations

import math
from pathlib import Path

from bridge.audio import probe
from bridge.comparing import Tone, tone_of_file
from bridge.metering import measure
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass


@dataclass(frozen=True)
class Reference:
    """A finished song by its file's name: its loudness and its tone."""

    name: str
    integrated_lufs: float
    tone: Tone


def heard_reference(path: Path) -> Reference:
    """Listen to a mono or stereo file.

    Raises InputError as `bridge.metering.measure` does, `channel_count`, and `silent_reference`.
    """
    channels = probe(path).channels
    if channels > 2:
        raise InputError(_surround(path, channels))
    measures = measure(path)
    if not math.isfinite(measures.integrated_lufs):
        raise InputError(_silent(path))
    return Reference(path.name, measures.integrated_lufs, tone_of_file(path))


def _surround(path: Path, channels: int) -> Problem:
    return Problem(
        "channel_count",
        f"{path.name} has {channels} channels",
        {"file": str(path)},
        expected="a mono or stereo reference",
        hint="name its stereo master",
    )


def _silent(path: Path) -> Problem:
    return Problem(
        "silent_reference",
        f"{path.name} is silent, or shorter than 0.4 s: it has no loudness to aim at",
        {"file": str(path)},
        hint="name a finished song, or leave --reference out",
    )
