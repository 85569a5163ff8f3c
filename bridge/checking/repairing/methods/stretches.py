"""The samples around a damaged place, and what a method puts in their stead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from blake3 import blake3

from bridge.audio import Block
from bridge.checking.autoregressive.autoregression import Mask
from bridge.checking.repairing.steps import RepairStep
from bridge.checking.stem_audio import StemAudio, no_sound

_BESIDE_OTHERS = 8
"""Frames around another damaged place that are not believed either."""


@dataclass(frozen=True)
class Patch:
    """Samples of one side from frame `first` of the file on, (frames,) before and after."""

    channel: int
    first: int
    before: Block
    after: Block

    @property
    def stop(self) -> int:
        """The frame behind the last one."""
        return self.first + len(self.after)


@dataclass(frozen=True)
class Local:
    """What a method made of one place; `gain_db` is what is expected of it."""

    patches: tuple[Patch, ...]
    words: str
    gain_db: float | None = None

    def touches(self, first: int, stop: int) -> bool:
        """Whether any of these frames was made anew."""
        return any(each.first < stop and each.stop > first for each in self.patches)

    def digest(self) -> str:
        """The same for the same samples in the same places."""
        found = blake3()
        for patch in self.patches:
            found.update(f"{patch.channel} {patch.first} {len(patch.after)}\n".encode())
            found.update(patch.after.astype("<f4").tobytes())
        return found.hexdigest(16)


@dataclass(frozen=True)
class Stretch:
    """Samples (channels, frames) from frame `first` on, zeros beyond the file's ends.

    `broken` are those that are no sound, which read 0, `blind` (frames,) those that belong to
    another damaged place.
    """

    samples: Block
    broken: Mask
    blind: Mask
    first: int
    sample_rate_hz: int

    def patches(self, channel: int, mask: Mask, after: Block) -> tuple[Patch, ...]:
        """One a run of `mask` (frames,), with the samples of `after` (frames,)."""
        before = self.samples[channel]
        return tuple(
            Patch(channel, self.first + start, before[start:stop].copy(), after[start:stop].copy())
            for start, stop in runs_of(mask)
        )


def stretch_of(
    audio: StemAudio, first: int, stop: int, around: int, others: Sequence[RepairStep] = ()
) -> Stretch:
    """Read the frames from `first` to `stop` with `around` on both sides.

    Raises InputError as `StemAudio.read` does.
    """
    begin, frames = first - around, stop - first + 2 * around
    samples = audio.stretch(begin, frames)
    broken = no_sound(samples)
    samples[broken] = 0.0
    blind = np.zeros(frames, bool)
    for each in others:
        start, end = each.first - _BESIDE_OTHERS - begin, each.stop + _BESIDE_OTHERS - begin
        if end > 0 and start < frames:
            blind[max(0, start) : end] = True
    return Stretch(samples, broken, blind, begin, audio.facts.sample_rate_hz)


def runs_of(mask: Mask) -> list[tuple[int, int]]:
    """(start, stop) of each run of true values."""
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
