"""What one file has after the other has ended."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from bridge.comparing.judging.limits import Verdict
from bridge.comparing.paired_streams import Pair, rest_of_longer
from stemwright.decibels import amplitude_db

QUIET_DBFS = -60.0
"""The most that the rest of a file may peak at to be called a tail: more is part of the song."""


@dataclass(frozen=True)
class Tail:
    """The end that only one side has: `peak` and `rms` are linear, `rms` over all channels.

    `shared` is the verdict on what both have, None as long as nobody has judged it.
    """

    of: Literal["a", "b"]
    start_frame: int
    frames: int
    rate_hz: int
    peak: float
    rms: float
    shared: Verdict | None = None

    @property
    def only(self) -> bool:
        """Whether what both have is the same and the rest is no more than a tail."""
        same = self.shared in ("exact", "float", "dither", "tolerant")
        return same and amplitude_db(self.peak) <= QUIET_DBFS

    @property
    def text(self) -> str:
        """For people."""
        longer, shorter = ("A", "B") if self.of == "a" else ("B", "A")
        said = f"{longer} goes on for {self.frames} samples ({self.frames / self.rate_hz:.3f} s)"
        level = f"peak {amplitude_db(self.peak):.2f} dBFS" if self.peak else "of digital silence"
        what = ", a tail and nothing else differs" if self.only else ""
        return f"length: {said} after {shorter} has ended, {level}{what}"

    def as_json(self) -> dict[str, Any]:
        """The object `tail`."""
        return {
            "of": self.of,
            "start_frame": self.start_frame,
            "frames": self.frames,
            "seconds": self.frames / self.rate_hz,
            "peak_dbfs": amplitude_db(self.peak),
            "rms_dbfs": amplitude_db(self.rms),
            "shared": self.shared,
            "only": self.only,
        }


def tail_of(pair: Pair) -> Tail:
    """Read the rest of the longer file of a pair whose lengths differ; NaN makes a peak of Inf."""
    peak = power = 0.0
    frames = 0
    for block in rest_of_longer(pair):
        peak = max(peak, float(np.abs(block).max()) if np.isfinite(block).all() else math.inf)
        power += float(np.square(block).sum(axis=1).sum())
        frames += block.shape[1]
    longer: Literal["a", "b"] = "a" if pair.heads[0].frames > pair.heads[1].frames else "b"
    rms = math.sqrt(power / max(1, frames * pair.channels))
    return Tail(longer, pair.frames, frames, pair.rate_hz, peak, rms)
