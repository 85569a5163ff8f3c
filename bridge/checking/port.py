"""The port of a check over one stem: what it is given, and what it gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.band_edge import Treble, treble_of
from bridge.checking.bands import NO_POWER, BandPowers, band_powers
from bridge.checking.findings import Found
from bridge.checking.prediction import Residual, unexplained

CORE_FRAMES = 1 << 17
"""Frames of a passage's core: every check hears the stem on this grid, however it was read."""
AROUND_S = 0.4
"""What a passage has before and behind its core, as far as the stem goes."""
_NEAR_S = 0.06
"""As far on both sides of the core it is looked at what neither side of a sample predicts."""


@dataclass(frozen=True)
class StemFacts:
    """What is known of a stem before it is heard; `subtype` in libsndfile's words (PCM_24)."""

    id: str
    name: str
    role: str
    channels: int
    sample_rate_hz: int
    frames: int
    subtype: str
    format: str


@dataclass(frozen=True)
class Passage:
    """A stretch of a stem: `samples` (channels, frames) float64, finite, with what surrounds it.

    `first` is the stem's frame of the first sample. What is told belongs to the frames from
    `core_start` to `core_stop`, which count in the samples; passages' cores lie end to end.
    `broken` (channels, frames) is true where a sample was no sound and reads 0 here, `beyond` where
    that is because it lay beyond +60 dBFS; None where there were none.
    """

    samples: Block
    first: int
    core_start: int
    core_stop: int
    sample_rate_hz: int
    broken: npt.NDArray[np.bool_] | None = None
    beyond: npt.NDArray[np.bool_] | None = None

    @property
    def core(self) -> Block:
        """(channels, frames) of the core alone."""
        return self.samples[:, self.core_start : self.core_stop]

    @cached_property
    def magnitudes(self) -> Block:
        """|samples|, made once for all checks."""
        return np.abs(self.samples)

    @property
    def near(self) -> slice:
        """The core and 60 ms on both its sides, as far as the samples go."""
        near = round(_NEAR_S * self.sample_rate_hz)
        stop = min(self.core_stop + near, self.samples.shape[1])
        return slice(max(0, self.core_start - near), stop)

    @cached_property
    def unexplained(self) -> Residual:
        """(channels, frames of `near`): what neither side of a sample predicts.

        One row for equal sides.
        """
        sides = self.samples
        if len(sides) == 2 and np.array_equal(sides[0], sides[1]):
            sides = sides[:1]
        return unexplained(sides, self.first, self.near)

    @cached_property
    def bands(self) -> BandPowers:
        """Power by octave of the core."""
        return NO_POWER if self.is_silent else band_powers(self.core, self.sample_rate_hz)

    @cached_property
    def treble(self) -> Treble:
        """The core's from 5 kHz on, as `band_edge` reads it."""
        return treble_of(self.core, self.sample_rate_hz)

    @cached_property
    def is_silent(self) -> bool:
        """Whether nothing sounds, not even around the core."""
        return not bool(self.samples.any())


class StemCheck(Protocol):
    """A check: made anew for each stem, hears it passage by passage, then tells."""

    codes: ClassVar[tuple[str, ...]]
    quick: ClassVar[bool]
    """Whether `render` and `job new` tell it too: it is in what one reading of a stem measures."""

    def __init__(self, facts: StemFacts) -> None:
        """Begin with what is known of the stem."""

    def hear(self, passage: Passage) -> None:
        """Take the next passage."""

    def findings(self) -> Iterable[Found]:
        """What was found, once the last passage was heard."""
