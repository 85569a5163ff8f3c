"""`clipped`: peaks that were cut off at one level, also where the level was changed afterwards.

A plateau is three samples or more of one height, entered and left by a slope; of high sounds what
is left of a peak may be one sample, and then there are many of one height with other neighbours
each (the same hit again has the same), some of them right beside each other: a limiter that looks
ahead lets the highest of a moment alone reach its wall. Where these stand at one level, and next to
nothing stands above it, that level is where it was cut; after a fade it is a curve. One plateau is
enough where chance would hardly make it of such slopes, and there are none as flat at lower
heights, as held samples have them. A limiter's peaks crowd under its wall as well and have no
plateaus. What went through a lossy codec after it was clipped has no plateaus any more and is not
found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.codes import Severity
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from bridge.checking.stem.damage.faded_plateaus import PIECE_S, PiecePeaks, under_a_curve
from bridge.checking.stem.damage.tops import (
    LEAST_FLATNESS,
    LEAST_SAMPLES,
    KeptTops,
    Tops,
    surprise,
)
from stemwright.decibels import amplitude_db

_TOLERANCES = (2.0**-22, 1.6 * 2.0**-15)
"""How much a plateau's samples differ: cut in 24 bits; dithered to 16 bits after it was cut."""
_FEWEST = 3
_HEARD_S = 0.00025
"""Peaks that are cut, and for how long in all, from which on it is heard."""
_FEWEST_PAIRS = 2
_QUIETEST = 1e-3
_ENTERED = 2.0**-13
"""What is entered by less may be a round top or dither, in any number of bits."""
_FEWEST_TIPS = {_TOLERANCES[0]: 5, _TOLERANCES[1]: 8}
"""Peaks of one or two samples, no two of them the same."""
_TIP = 0.9
"""They count from here of the highest so far on."""
_BESIDE_S, _LEAST_BESIDE = 0.001, 0.1
"""Tips at the level come so near each other, so many of them: clean cuts have 0.4 and more."""
_SHARP = 0.02
"""Of the level: what falls less steeply on either side is a round top."""
_HIGH = 0.1
"""Plateaus count from here of the stem's peak on."""
_ABOVE = 0.05
"""Samples above the level, for each plateau: more and it was not the end."""
_STEEPEST = 0.5
"""Of the level: what enters a plateau at once is a square wave, which is no cut peak."""
_TOGETHER_S = 0.25
_FLAT = 0.03
"""Of the tops at the level: so many have two samples there or more."""
_UPPER_HALF = 0.5
_CROWD = 0.003
"""Of the level, under it: where more tops stand there than at it, a limiter held them."""
_CROWD_STEPS = 2.5
"""The same in steps of the format, where these are coarse: heights of sound thin out upwards."""
_ENTERED_STEPS = 3.5
"""Steps of the format: what is entered by fewer is a round top of few steps."""


_BINS = 1 << 16
"""Of the histogram of heights up to +6 dBFS: to know how much stands above a level."""


_Side = tuple[int, int]
"""Channel, and sign."""
_Span = tuple[int, int, float]
"""Of a plateau: its first frame, the one behind its last, its level."""


@dataclass(frozen=True)
class _Wall:
    """The tops at a level and those under it; what differs by less than `step` is the same."""

    level: float
    tolerance: float
    step: float
    near: Tops
    lower: Tops

    def spans(self) -> list[_Span]:
        pairs = zip(self.near.starts.tolist(), self.near.stops.tolist(), strict=True)
        return [(start, stop, self.level) for start, stop in pairs]


class Clipped:
    """Plateaus at one level, a quarter of a second's together."""

    codes: ClassVar[tuple[str, ...]] = ("clipped",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._rate_hz = facts.sample_rate_hz
        self._sides: list[_Side] = [(c, s) for c in range(facts.channels) for s in (1, -1)]
        self._tops = {(c, s, t): KeptTops() for c, s in self._sides for t in _TOLERANCES}
        self._peaks = [0.0] * facts.channels
        self._step = 1.0
        self._piece = round(PIECE_S * facts.sample_rate_hz)
        self._by_piece = {side: PiecePeaks(self._piece) for side in self._sides}
        self._heights = {side: np.zeros(_BINS, np.int64) for side in self._sides}
        self.plateaus: tuple[tuple[int, int], ...] = ()

    def hear(self, passage: Passage) -> None:
        """Take the plateaus that begin in the core."""
        for (channel, sign), peaks in self._by_piece.items():
            peaks.add(sign * passage.core[channel])
        if passage.is_silent:
            return
        for channel, samples in enumerate(passage.samples):
            steps = np.abs(np.diff(samples))
            self._step = float(np.min(steps, where=steps > 0.0, initial=self._step))
            top = float(passage.magnitudes[channel].max())
            self._peaks[channel] = max(self._peaks[channel], top)
            for sign in (1, -1):
                core = sign * passage.core[channel]
                bins = np.clip((core * (_BINS / 2)).astype(np.int64), 0, _BINS - 1)
                self._heights[channel, sign] += np.bincount(bins, minlength=_BINS)
            for tolerance in _TOLERANCES:
                self._take(passage, channel, samples, steps, tolerance)

    def findings(self) -> Iterator[Found]:
        """One for all plateaus that lie near each other; `plateaus` are these from then on."""
        spans: list[_Span] = []
        cut = self._cut()
        for side in self._sides:
            spans += cut[side].spans() if side in cut else self._faded(*side)
        self.plateaus = tuple(sorted((start, stop) for start, stop, _ in spans))
        severity: Severity = "major" if self._is_heard() else "minor"
        for start, stop, level, count in _together(spans, round(_TOGETHER_S * self._rate_hz)):
            level_db = amplitude_db(level)
            words = f"peaks cut off at {level_db:.1f} dBFS, {count} of them here"
            yield Found("clipped", severity, start, stop, level_db, words)

    def _is_heard(self) -> bool:
        """Whether so many peaks of the stem are cut, or for so long."""
        frames = sum(stop - start for start, stop in self.plateaus)
        return len(self.plateaus) >= _FEWEST or frames >= _HEARD_S * self._rate_hz

    def _faded(self, channel: int, sign: int) -> list[_Span]:
        tops = self._tops_of(channel, sign, _TOLERANCES[1])
        tops = tops.of(tops.is_plateau)
        peaks = self._by_piece[channel, sign].all()
        cut = tops.of(under_a_curve(tops.starts, tops.heights, peaks, self._rate_hz))
        rows = zip(cut.starts, cut.stops, cut.heights, strict=True)
        return [(int(start), int(stop), float(height)) for start, stop, height in rows]

    def _take(
        self, passage: Passage, channel: int, samples: Block, steps: Block, tolerance: float
    ) -> None:
        breaks = np.flatnonzero(steps > tolerance)
        starts, lasts = breaks[:-1] + 1, breaks[1:]  # of runs between two steps
        inner = (starts >= passage.core_start) & (starts < passage.core_stop)
        height = np.abs(samples[starts])
        inner &= (lasts - starts >= LEAST_SAMPLES - 1) | (height > _TIP * self._peaks[channel])
        starts, lasts, height = starts[inner], lasts[inner], height[inner]
        enters, leaves = steps[starts - 1], steps[lasts]
        least = max(4 * tolerance, _ENTERED)
        slopes = np.minimum(
            np.maximum(enters, (height - _side(samples, starts - 2, starts)) / 2),
            np.maximum(leaves, (height - _side(samples, lasts + 2, starts)) / 2),
        )
        top = (slopes > least) & (height > _QUIETEST)
        steep = np.maximum(enters, leaves) >= _STEEPEST * height
        top &= ~(steep & (lasts - starts >= LEAST_SAMPLES - 1))
        before, behind = samples[starts - 1], samples[lasts + 1]
        top &= (np.abs(before) < height) & (np.abs(behind) < height)
        for sign in (1, -1):
            one = top & (np.sign(samples[starts]) == sign)
            self._tops[channel, sign, tolerance].add(
                Tops(
                    passage.first + starts[one],
                    passage.first + lasts[one] + 1,
                    height[one],
                    np.stack([before[one], behind[one]], axis=1),
                    slopes[one],
                )
            )

    def _tops_of(self, channel: int, sign: int, tolerance: float) -> Tops:
        """The tops that stand out of the steps of the format."""
        tops = self._tops[channel, sign, tolerance].all()
        return tops.of(tops.entered > _ENTERED_STEPS * self._step)

    def _cut(self) -> dict[_Side, _Wall]:
        """The wall of each side that was cut, by what the side says, or what all say together."""
        cut: dict[_Side, _Wall] = {}
        for tolerance in _TOLERANCES:
            left = [side for side in self._sides if side not in cut]
            walls = {side: [*self._walls(*side, tolerance)] for side in left}
            for side in left:
                if (wall := next(filter(self._is_cut, walls[side]), None)) is not None:
                    cut[side] = wall
            cut.update(_of_one_cut({s: w[-1] for s, w in walls.items() if w}, cut))
        return cut

    def _walls(self, channel: int, sign: int, tolerance: float) -> Iterator[_Wall]:
        """Levels over which there is next to nothing, and under which no crowd that was held."""
        tops = self._tops_of(channel, sign, tolerance)
        counts = self._heights[channel, sign]
        if not len(tops.heights) or not counts.any():
            return
        peak = float(np.flatnonzero(counts).max() + 1) * 2 / _BINS
        plateaus = tops.of(tops.is_plateau & (tops.heights > _HIGH * peak))
        for among in (plateaus, tops.of(tops.heights > _TIP * peak)):
            level = _most_common(among.heights, 4 * tolerance)
            near = (tops.heights >= level - tolerance) & (tops.heights <= level + 5 * tolerance)
            above = int(counts[int((level + 8 * tolerance) * (_BINS / 2)) + 1 :].sum())
            lower = tops.of(tops.heights < level - tolerance)
            crowd = max(_CROWD * level, _CROWD_STEPS * self._step)
            crowded = np.count_nonzero(lower.heights > level - crowd) > np.count_nonzero(near)
            if above <= _ABOVE * np.count_nonzero(near) and not crowded:
                step = max(tolerance, self._step)
                yield _Wall(level, tolerance, step, tops.of(near), lower)

    def _is_cut(self, wall: _Wall) -> bool:
        """Whether the tops at a level were cut there, not held under it or round."""
        flat = np.count_nonzero(wall.near.stops - wall.near.starts > 1)
        if flat >= _FLAT * len(wall.near.starts):
            upper = wall.lower.of(wall.lower.heights > _UPPER_HALF * wall.level)
            elsewhere = upper.flatness(wall.step)
            if wall.near.flatness(wall.step) >= max(LEAST_FLATNESS, 2 * elsewhere):
                return True
            if np.count_nonzero(wall.near.is_plateau) >= _FEWEST:
                return True
        return self._come_together(wall.near) and _are_cut(wall)

    def _come_together(self, tops: Tops) -> bool:
        """Whether some of them follow each other within a moment."""
        gaps = np.diff(np.sort(tops.starts))
        count = int(np.count_nonzero(gaps < round(_BESIDE_S * self._rate_hz)))
        return bool(count > 0 and count >= _LEAST_BESIDE * len(gaps))


def _of_one_cut(walls: Mapping[_Side, _Wall], cut: Mapping[_Side, _Wall]) -> dict[_Side, _Wall]:
    """Of the sides' walls, those at one level that are one cut: all of them say so, or `cut`."""
    if not walls:
        return {}
    level = max(wall.level for wall in walls.values())
    same = {side: wall for side, wall in walls.items() if level - wall.level <= 4 * wall.tolerance}
    known = any(abs(wall.level - level) <= 4 * wall.tolerance for wall in cut.values())
    pairs = [wall.near.pairs_among(wall.lower, wall.level, wall.step) for wall in same.values()]
    count, expected = sum(each[0] for each in pairs), sum(each[1] for each in pairs)
    if known or (count >= _FEWEST_PAIRS and surprise(count, expected) >= LEAST_FLATNESS):
        return same
    return {}


def _most_common(heights: Block, width: float) -> float:
    """Where most heights lie within `width` from it up, the highest of such; 0 of none."""
    ordered = np.sort(heights)
    crowds = np.searchsorted(ordered, ordered + width, "right") - np.arange(len(ordered))
    return float(ordered[np.flatnonzero(crowds == crowds.max())[-1]]) if len(ordered) else 0.0


def _side(
    samples: Block, at: npt.NDArray[np.int64], tops: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """The samples there, as high as they are on their top's side; the ends go on."""
    there = samples[np.clip(at, 0, len(samples) - 1)]
    return np.asarray(there * np.sign(samples[tops]))


def _are_cut(wall: _Wall) -> bool:
    """Whether tops of one level, of a sample or two, are what a cut has left."""
    besides = np.abs(wall.near.besides[~wall.near.is_plateau])
    besides = besides[(wall.level - besides).min(axis=1) > _SHARP * wall.level]
    unlike = np.unique(np.round(besides / (8 * wall.step)).astype(np.int64), axis=0)
    return len(unlike) >= _FEWEST_TIPS[wall.tolerance]


def _together(spans: list[_Span], near: int) -> Iterator[tuple[int, int, float, int]]:
    """Spans that lie near each other as one, with the highest level and their count."""
    start, stop, level, count = 0, 0, 0.0, 0
    for begin, end, height in sorted(spans):
        if count and begin - stop <= near:
            stop, level, count = max(stop, end), max(level, height), count + 1
            continue
        if count:
            yield start, stop, level, count
        start, stop, level, count = begin, end, height, 1
    if count:
        yield start, stop, level, count
