"""The limiters: ours as it stands, and peers, all at -1 dB and 100 ms."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.apart import in_peers_environment
from benchmarks.limiters.libsonare import in_libsonare
from benchmarks.limiters.sounds import Sound
from bridge.audio import Block

CEILING_DB, RELEASE_MS = -1.0, 100.0
Limited = Callable[[Sound], Block]
"""Takes a driven sound and returns what a limiter makes of it, frame for frame."""


def limiters() -> Mapping[str, Limited]:
    """By name and version; ours first."""
    from bridge.processing import VERSIONS

    return {
        f"ours, version {VERSIONS['limiter']}": _ours,
        "libsonare truePeakLimiter": partial(
            _libsonare,
            "maximizer.truePeakLimiter",
            {"ceilingDb": CEILING_DB, "releaseMs": RELEASE_MS},
        ),
        "libsonare limiter": partial(
            _libsonare, "dynamics.limiter", {"thresholdDb": CEILING_DB, "releaseMs": RELEASE_MS}
        ),
        "pedalboard BrickwallLimiter": partial(
            _pedalboard,
            "BrickwallLimiter",
            {"ceiling_db": CEILING_DB, "release_ms": RELEASE_MS, "true_peak": True},
        ),
        "pedalboard Limiter": partial(
            _pedalboard, "Limiter", {"threshold_db": CEILING_DB, "release_ms": RELEASE_MS}
        ),
    }


def _ours(sound: Sound) -> Block:
    from bridge.processing import build, run
    from chains import Limiter

    limiter = build(Limiter(ceiling_dbtp=CEILING_DB, release_ms=RELEASE_MS), sound.rate_hz)
    return np.concatenate(list(run([limiter], [sound.samples])), axis=1)


def _pedalboard(name: str, settings: Mapping[str, object], sound: Sound) -> Block:
    plugin: Any = getattr(import_module("pedalboard"), name)(**settings)
    made: Block = plugin.process(sound.samples.astype(np.float32), sound.rate_hz).astype(float)
    return made


def _libsonare(processor: str, settings: Mapping[str, float], sound: Sound) -> Block:
    """Raises LeftOutError where it is not installed."""
    with tempfile.TemporaryDirectory(prefix="stemwright-limiters-") as name:
        given, made = Path(name) / "given.npy", Path(name) / "made.npy"
        np.save(given, sound.samples.astype(np.float32))
        in_peers_environment(in_libsonare, processor, dict(settings), sound.rate_hz, given, made)
        samples: Block = np.load(made).astype(float)
    return samples
