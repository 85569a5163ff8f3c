"""libsonare's limiters, in the peers' environment (`make benchmark`), where nothing of ours is."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.usage import Clock, Told


def in_libsonare(
    processor: str, settings: dict[str, float], rate_hz: int, given: str, made: str
) -> Told:
    """Work: process a file of (2, frames) float32 into another."""
    sonare: Any = import_module("libsonare")
    left, right = np.load(given)
    clock = Clock()
    done = sonare.mastering_process_stereo(processor, left, right, rate_hz, settings)
    np.save(made, np.array([done.left, done.right], np.float32))
    return clock.told()
