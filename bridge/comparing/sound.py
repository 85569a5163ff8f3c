"""What one file sounds like in numbers: measures, short-term loudness, width, fold-down."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bridge.audio import (
    ABSOLUTE_GATE_LUFS,
    BLOCK_FRAMES,
    Block,
    layout,
    lufs,
    probe,
    read_blocks,
)
from bridge.comparing.paired_streams import first_frames
from bridge.metering import Measures, Meter, json_value
from stemwright.decibels import power_db
from stemwright.problems import InputError

STEPS_PER_S = 10
WINDOW_STEPS = 30
EVERY_STEPS = 10
_GATED_S = 0.4


@dataclass(frozen=True)
class Sound:
    """`short_term_lufs` is the loudness of the 3 s that end at 3, 4, 5 ... s.

    `width_db` is side over mid; `mono_loss_db` what a fold-down to mono takes (0 for mono, 3 for
    two unrelated sides); both K-weighted, 0 for files that are not stereo, NaN for stereo of less
    than the 400 ms that loudness is measured over.
    """

    measures: Measures
    short_term_lufs: tuple[float, ...]
    width_db: float
    mono_loss_db: float

    def as_json(self) -> dict[str, Any]:
        """Every reading, the curve last."""
        readings: dict[str, Any] = self.measures.as_json()
        readings.pop("path")
        return {
            **readings,
            "width_db": json_value(self.width_db),
            "mono_loss_db": json_value(self.mono_loss_db),
            "short_term_lufs": [round(each, 2) for each in self.short_term_lufs],
        }


def sound(path: Path, block_frames: int = BLOCK_FRAMES, frames: int | None = None) -> Sound:
    """Read a file, or its first `frames`. Raises InputError as `bridge.metering.measure` does."""
    head = probe(path)
    try:
        curve = _Curve(head.sample_rate_hz, head.channels, head.speakers)
        meter = Meter(head.sample_rate_hz, head.channels, head.speakers, curve.take)
        for block in first_frames(read_blocks(path, block_frames), frames):
            meter.add(block)
        return curve.result(meter.result())
    except InputError as error:
        raise InputError(
            [
                replace(problem, where={"file": str(path), **problem.where})
                for problem in error.problems
            ]
        ) from error


def level_change(a: float, b: float) -> float:
    """B minus A, 0 where neither has a level."""
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0.0
    return b - a


class _Curve:
    """Energies every 100 ms, K-weighted: all, mid and side."""

    def __init__(self, rate_hz: int, channels: int, speakers: int | None) -> None:
        self._rate_hz = rate_hz
        self._channels = channels
        self._located = layout(channels, speakers).weights is not None
        self._edges = np.arange(STEPS_PER_S + 1) * rate_hz // STEPS_PER_S
        self._energies: list[npt.NDArray[np.float64]] = []
        self._sides = np.zeros(2)
        self._frames = 0

    def take(self, weighted: Block, squares: npt.NDArray[np.float64]) -> None:
        """Take what a Meter gives its listener."""
        self._frames += weighted.shape[1]
        if len(weighted) == 2:
            mid, side = weighted[0] + weighted[1], weighted[0] - weighted[1]
            self._sides += [float((mid * mid).sum()), float((side * side).sum())]
        whole = int(np.searchsorted(self._edges, len(squares), side="right")) - 1
        if whole:
            sums = np.add.reduceat(squares[: self._edges[whole]], self._edges[:whole])
            self._energies.append(sums / np.diff(self._edges[: whole + 1]))

    def result(self, measures: Measures) -> Sound:
        mid, side = self._sides.tolist()
        if self._frames < _GATED_S * self._rate_hz and self._channels == 2:
            return Sound(measures, self._short_term(), math.nan, math.nan)
        stereo = self._channels == 2
        return Sound(
            measures,
            self._short_term(),
            power_db(side / mid) if stereo and mid and side else 0.0,
            power_db((mid + side) / mid) if stereo and mid else 0.0,
        )

    def _short_term(self) -> tuple[float, ...]:
        if not self._located:
            return ()
        steps = np.concatenate([np.empty(0), *self._energies])
        ends = range(WINDOW_STEPS, len(steps) + 1, EVERY_STEPS)
        means = [float(steps[end - WINDOW_STEPS : end].mean()) for end in ends]
        return tuple(max(ABSOLUTE_GATE_LUFS, lufs(mean)) for mean in means)
