"""The same faults mended by ffmpeg's filters, where the system has it.

`adeclick` and `adeclip` by their defaults but for `m=s`, which leaves whole samples as they are: by
`m=a` they change every one. It has no filter of its own for hum: a notch at each of seven
harmonics, of the mains that are told to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from benchmarks.defects.peers_ffmpeg import run_ffmpeg

if TYPE_CHECKING:
    from benchmarks.defects.truth import Level
    from bridge.audio import Block

_HARMONICS = 7
_NOTCH_Q = 30
CODES = frozenset(("clicks", "clipped", "hum"))


def mended_by_ffmpeg(path: Path, level: Level) -> Block:
    """(channels, frames) of a file as ffmpeg mends it; LeftOutError where there is none."""
    out = path.with_suffix(".peer.wav")
    try:
        run_ffmpeg("-i", str(path), "-af", _chain(level), "-c:a", "pcm_f64le", str(out))
        samples, _ = soundfile.read(out, always_2d=True)
    finally:
        out.unlink(missing_ok=True)
    return np.ascontiguousarray(samples.T)


def _chain(level: Level) -> str:
    if level.code == "clicks":
        return "adeclick=m=s"
    if level.code == "clipped":
        return "adeclip=m=s"
    mains_hz = int(level.name.partition(" Hz")[0])
    return ",".join(
        f"bandreject=f={mains_hz * harmonic}:width_type=q:width={_NOTCH_Q}"
        for harmonic in range(1, _HARMONICS + 1)
    )
