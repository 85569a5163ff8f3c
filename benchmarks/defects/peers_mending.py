"""The same faults mended by libsonare, by its defaults, in the peers' environment."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from benchmarks.apart import in_peers_environment
from benchmarks.usage import Clock, Told as Used

if TYPE_CHECKING:
    from benchmarks.defects.truth import Level
    from bridge.audio import Block

_MAINS_HZ = (50.0, 60.0)


def mended(path: str, code: str, out: str) -> Used:
    """Write what libsonare makes of a file's fault to `out`, as float64."""
    sonare: Any = import_module("libsonare")
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    clock = Clock()
    sides = [np.asarray(_MENDERS[code](sonare, side, rate_hz)) for side in samples.T.copy()]
    told = clock.told()
    soundfile.write(out, np.stack(sides, axis=1).astype(np.float64), rate_hz, subtype="DOUBLE")
    return told


def _clicks(sonare: Any, side: Any, rate_hz: int) -> Any:
    return sonare.mastering_repair_declick(side, rate_hz)


def _clipped(sonare: Any, side: Any, rate_hz: int) -> Any:
    """It is told where the plateau lies: by itself it looks above 0.98 alone."""
    wall = 0.999 * float(np.abs(side).max(initial=0.0))
    return sonare.mastering_repair_declip(side, rate_hz, clip_threshold=wall) if wall else side


def _hum(sonare: Any, side: Any, rate_hz: int) -> Any:
    """By the mains that stands out more, all seven harmonics that there are."""
    prominence = {
        hz: sonare.mastering_repair_detect_hum(
            side, rate_hz, fundamental_hz=hz
        ).fundamental_prominence
        for hz in _MAINS_HZ
    }
    mains_hz = max(prominence, key=lambda hz: float(prominence[hz]))
    return sonare.mastering_repair_dehum(side, rate_hz, fundamental_hz=mains_hz, harmonics=7)


_MENDERS = {"clicks": _clicks, "clipped": _clipped, "hum": _hum}
CODES = frozenset(_MENDERS)


def mended_by_libsonare(path: Path, level: Level) -> Block:
    """(channels, frames) of a file as libsonare mends it; LeftOutError where it is not here."""
    out = path.with_suffix(".peer.wav")
    try:
        in_peers_environment(mended, path, level.code, out)
        samples, _ = soundfile.read(out, always_2d=True)
    finally:
        out.unlink(missing_ok=True)
    return np.ascontiguousarray(samples.T)
