"""One insert in two hosts: where they differ, by how much."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bridge.hosting.child.scratch import scratch
from bridge.hosting.port import Host, RunJob
from stemwright.decibels import amplitude_db, power_db

_SLICE_FRAMES = 65536


@dataclass(frozen=True)
class Difference:
    """One output minus the other, both at zero latency; -inf when they agree to the bit."""

    peak_dbfs: float
    rms_dbfs: float
    latency_frames: tuple[int, int]

    @property
    def equal(self) -> bool:
        """Whether the two agree to the bit."""
        return self.peak_dbfs == -math.inf


def differs(job: RunJob, one: Host, other: Host, deadline_s: float | None = None) -> Difference:
    """Run `job` in both hosts and compare; `job.output` is not written.

    Raises what Host.run raises; a plugin or a key that one of them does not host among it.
    """
    with scratch() as folder:
        outputs = [folder / name for name in ("one.f32", "other.f32")]
        results = [
            host.run(replace(job, output=output), deadline_s)
            for host, output in zip((one, other), outputs, strict=True)
        ]
        peak, power = _compared(outputs[0], outputs[1])
    mean = power / (2 * job.frames)
    return Difference(
        amplitude_db(peak),
        power_db(mean),
        (results[0].latency_frames, results[1].latency_frames),
    )


def _compared(one: Path, other: Path) -> tuple[float, float]:
    """Peak and summed square of the difference of two raw files of one length."""
    peak = power = 0.0
    first, second = (_mapped(path) for path in (one, other))
    for start in range(0, len(first), _SLICE_FRAMES):
        part = slice(start, start + _SLICE_FRAMES)
        apart = first[part].astype(np.float64) - second[part]
        peak = max(peak, float(np.abs(apart).max()))
        power += float((apart**2).sum())
    return peak, power


def _mapped(path: Path) -> npt.NDArray[np.float32]:
    return np.memmap(path, "<f4", "r").reshape(-1, 2)
