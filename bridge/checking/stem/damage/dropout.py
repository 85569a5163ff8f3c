"""`dropout`: the sound stops dead and comes back within a tenth of a second.

Digital zeros of 0.7 to 100 ms that are entered or left by a jump, with sound within 20 ms on both
sides: a buffer that was lost. A hit out of silence has a jump too, but what was before it had
faded; a loop that is chopped has the same gap again and again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.codes import Severity
from bridge.checking.findings import Found
from bridge.checking.levels import rms
from bridge.checking.port import Passage, StemFacts
from bridge.checking.stem.damage.repeats import PLAYED, repeats

_ZERO = 2.0**-20
_SHORTEST_S = 0.0007
_LONGEST_S = 0.1
_SHORT_S = 0.01
"""What is longer must be entered by a jump."""
_UNLIKE = 4.0
"""And what is behind it as loud as what was before, by so much at most."""
_MOST_A_MINUTE = 30.0
"""More of the long ones than that is how it is played, note by note."""
_BESIDE_S = 0.02
_SOUNDS = 5e-4
_SHAPE_S = 0.01
_ALIKE = 0.97
_JUMP = 0.1
"""Of the level beside it: what is entered or left with less fades."""


@dataclass(frozen=True)
class _Gap:
    """Frames without sound, and the waveforms before and behind them."""

    start: int
    stop: int
    beside: npt.NDArray[np.float32]


class Dropout:
    """Gaps in sounding audio; both sides of a stereo stem together."""

    codes: ClassVar[tuple[str, ...]] = ("dropout",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._rate_hz = facts.sample_rate_hz
        self._channels = facts.channels
        self._frames = max(1, facts.frames)
        self._gaps: list[_Gap] = []
        self._shape = round(_SHAPE_S * facts.sample_rate_hz)

    def hear(self, passage: Passage) -> None:
        """Take the gaps that begin in the core."""
        if passage.is_silent:
            return
        for samples, magnitudes in zip(passage.samples, passage.magnitudes, strict=True):
            for start, stop in _runs(magnitudes <= _ZERO):
                within = passage.core_start <= start < passage.core_stop
                if within and self._is_lost(samples, start, stop):
                    shape = np.zeros(2 * self._shape, np.float32)
                    before = samples[max(0, start - self._shape) : start]
                    behind = samples[stop : stop + self._shape]
                    shape[self._shape - len(before) : self._shape] = before
                    shape[self._shape : self._shape + len(behind)] = behind
                    self._gaps.append(_Gap(passage.first + start, passage.first + stop, shape))

    def findings(self) -> Iterator[Found]:
        """One a gap; gaps of both sides at once are one."""
        played = repeats([gap.beside for gap in self._gaps], _ALIKE)
        gaps = [
            (gap.start, gap.stop)
            for gap, count in zip(self._gaps, played, strict=True)
            if count < PLAYED * self._channels
        ]
        found = list(_joined(sorted(gaps), round(_SHORTEST_S * self._rate_hz)))
        short = round(_SHORT_S * self._rate_hz)
        a_minute = 60.0 * self._rate_hz / self._frames
        if sum(stop - start > short for start, stop in found) * a_minute > _MOST_A_MINUTE:
            found = [(start, stop) for start, stop in found if stop - start <= short]
        for start, stop in found:
            length_ms = 1000.0 * (stop - start) / self._rate_hz
            severity: Severity = "major" if length_ms >= 1.0 else "minor"
            words = f"the sound is gone for {length_ms:.1f} ms"
            yield Found("dropout", severity, start, stop, length_ms, words)

    def _is_lost(self, samples: Block, start: int, stop: int) -> bool:
        rate_hz = self._rate_hz
        if not _SHORTEST_S * rate_hz <= stop - start <= _LONGEST_S * rate_hz:
            return False
        beside = round(_BESIDE_S * rate_hz)
        before, behind = samples[max(0, start - beside) : start], samples[stop : stop + beside]
        if not len(before) or not len(behind):
            return False
        levels = rms(before), rms(behind)
        level = min(levels)
        least = max(_SOUNDS, _JUMP * level)
        if level < _SOUNDS or max(_edge(before), _edge(behind[::-1])) < least:
            return False
        short = stop - start <= _SHORT_S * rate_hz
        # a hit out of silence is no end of one
        return short or (_edge(before) >= least and max(levels) < _UNLIKE * level)


def _edge(samples: Block) -> float:
    """Where the last sample is, or was about to be."""
    last = float(samples[-1])
    going = 2.0 * last - float(samples[-2]) if len(samples) > 1 else last
    return max(abs(last), abs(going))


def _runs(flags: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Where flags are true: (start, stop) of each run."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _joined(gaps: list[tuple[int, int]], near: int) -> Iterator[tuple[int, int]]:
    last: tuple[int, int] | None = None
    for start, stop in gaps:
        if last is not None and start - last[1] <= near:
            last = last[0], max(last[1], stop)
            continue
        if last is not None:
            yield last
        last = start, stop
    if last is not None:
        yield last
