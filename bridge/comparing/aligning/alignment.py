"""Aligning B to A: offset, gain, polarity, channel swap, clock drift; and both read in one time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bridge.audio import Block, read_blocks, reblocked
from bridge.comparing.aligning.delay import (
    HALF_TAPS,
    Match,
    advanced_stream,
    brought_over,
    exact_lag,
    overlapping,
    whole_lag,
)
from bridge.comparing.aligning.drift import Drift, drift
from bridge.comparing.aligning.envelope import levels, likely_lags, loudest_starts
from bridge.comparing.aligning.spans import Span, read_spans, sounds
from bridge.comparing.paired_streams import Pair, Streams, from_frame
from stemwright.decibels import amplitude_db, linear

SPANS = 8
SPAN_FRAMES = 65536
PIECE_FRAMES = 16384
TRUSTED = 0.5
"""Least correlation of the two files, once aligned, that makes an alignment."""

FAR_TRUSTED = 0.9
"""The same for an offset of more than a third of a second: songs repeat themselves."""

_BELIEVED = 10.0**-0.01  # a correction must take 0.1 dB off the residual
_STRONGER = 1.05
_TELLING = 0.2  # of what the best span has; unrelated sound has 0.02 to 0.1
_CLEARLY = 0.8  # of the power that another place leaves
_AGREEING_FRAMES = 2
_SURE = 0.9999

_LOUDER_DB = 0.05
"""Less of a difference in gain is for nobody to put right."""


@dataclass(frozen=True)
class Alignment:
    """What maps A to B: offset positive when B is late, gain B minus A, `signs` by channel of B.

    `offset_frames` is that halfway through the file where clocks drift.
    """

    offset_frames: float = 0.0
    gain_db: float = 0.0
    signs: tuple[int, ...] = ()
    swapped: bool = False
    drift: Drift | None = None

    @property
    def polarity(self) -> int:
        """-1 when every channel is inverted."""
        return -1 if self.signs and max(self.signs) < 0 else 1

    @property
    def inverted(self) -> tuple[int, ...]:
        """The channels that are inverted where others are not, counted from 1."""
        alone = self.polarity == 1
        return tuple(n for n, sign in enumerate(self.signs, 1) if alone and sign < 0)

    @property
    def identity(self) -> bool:
        """Whether nothing has to be done to B."""
        moved = self.offset_frames != 0.0 or self.swapped or min(self.signs, default=1) < 0
        return not moved and self.gain_db == 0.0

    @property
    def matters(self) -> bool:
        """Whether somebody would have to put B right, not only a measuring program."""
        turned = self.swapped or self.drift is not None or min(self.signs, default=1) < 0
        return turned or abs(self.offset_frames) >= 1.0 or abs(self.gain_db) >= _LOUDER_DB

    def undone(self, block: Block) -> Block:
        """Return a block of B, read at the right time already, as A would have it."""
        back = block[::-1] if self.swapped else block
        factor = linear(self.gain_db)
        undone: Block = back / (np.array(self.signs or (1,))[:, None] * factor)
        return undone


def alignment_words(found: Alignment) -> str:
    """What B is against A: late, louder, inverted."""
    said = []
    if found.offset_frames:
        late = "late" if found.offset_frames > 0 else "early"
        said.append(f"{abs(found.offset_frames):.4f} samples {late}")
    if found.drift is not None:
        said.append(f"drifting by {found.drift.ppm:+.3f} ppm")
    if found.gain_db:
        said.append(f"{abs(found.gain_db):.4f} dB {'louder' if found.gain_db > 0 else 'softer'}")
    if found.polarity < 0:
        said.append("inverted")
    sides = {1: "the left", 2: "the right"} if len(found.signs) == 2 else {}
    said += [f"inverted on {sides.get(n, f'channel {n}')}" for n in found.inverted]
    if found.swapped:
        said.append("with left and right exchanged")
    return ", ".join(said)


def align(
    pair: Streams, far_trusted: float = FAR_TRUSTED, trusted: float = TRUSTED
) -> tuple[Alignment | None, float]:
    """Return what maps A to B, and the confidence; None where nothing can be said.

    Two passes over both: levels, then the loudest stretches. Of places that agree, as the repeats
    of a loop do, the one that leaves clearly least is taken. Silence, constants and unrelated sound
    have no alignment; nor has what correlates by less than `trusted`, far off than `far_trusted`.
    """
    one, other = levels(pair.a(), pair.rate_hz), levels(pair.b(), pair.rate_hz)
    length = min(SPAN_FRAMES, pair.frames)
    starts = loudest_starts(one.coarse, pair.lengths[0], pair.rate_hz, length, SPANS)
    lags = [*likely_lags(one, other, pair.rate_hz, length // 4), 0]
    best: tuple[Alignment | None, float] = (None, 0.0)
    for lag, spans in zip(lags, read_spans(pair, starts, lags, length), strict=True):
        found, confidence = _solve(spans, pair)
        if lag and confidence < far_trusted:
            continue
        if 1.0 - confidence**2 < _CLEARLY * (1.0 - best[1] ** 2):
            best = (found, confidence)
        if confidence > _SURE:
            break
    return best if best[1] >= trusted else (None, best[1])


def _solve(spans: Sequence[Span], pair: Streams) -> tuple[Alignment | None, float]:
    if not spans:
        return None, 0.0
    matches = [whole_lag(span.a, span.b) for span in spans]
    swapped = False
    if pair.channels == 2 and _STRONGER * _strength(matches) < len(spans):
        crossed = [span.crossed() for span in spans]
        others = [whole_lag(span.a, span.b) for span in crossed]
        swapped = _strength(others) > _STRONGER * _strength(matches)
        spans, matches = (crossed, others) if swapped else (spans, matches)
    signs = tuple(1 if sum(row) >= 0 else -1 for row in zip(*_votes(matches), strict=True))
    spans = [span.upright(signs) for span in spans]
    telling = _telling(matches)
    heard = [spans[each] for each in telling]
    lags = [matches[each].lag_frames for each in telling]
    drifting = _drift(heard, lags, pair)
    offset = _offset(heard, lags) if drifting is None else drifting.middle_frames
    offset = _believed_offset(spans, offset)
    if offset and drifting is None and not _agreed(heard, lags, offset):
        return None, 0.0
    gain_db, confidence = _gain(spans, telling, offset)
    return Alignment(offset, gain_db, signs, swapped, drifting), confidence


def _telling(matches: Sequence[Match]) -> list[int]:
    """Which spans say where B lies: not those that agree nowhere, beside one that does.

    They are noise that is another each time, as in a long end of dither.
    """
    least = _TELLING * max(match.strength for match in matches)
    return [place for place, match in enumerate(matches) if match.strength >= least]


def _strength(matches: Sequence[Match]) -> float:
    return sum(match.strength for match in matches)


def _votes(matches: Sequence[Match]) -> list[list[float]]:
    return [[match.strength * sign for sign in match.signs] for match in matches]


def _offset(spans: Sequence[Span], lags: Sequence[int]) -> float:
    """The middle of what the spans say."""
    found = [
        span.lag + exact_lag(span.a, span.b, lag) for span, lag in zip(spans, lags, strict=True)
    ]
    return float(np.median(found))


def _drift(spans: Sequence[Span], lags: Sequence[int], pair: Streams) -> Drift | None:
    """Fit offsets of short pieces, each placed where most of its sound is."""
    at: list[float] = []
    offsets: list[float] = []
    for span, lag in zip(spans, lags, strict=True):
        a, b = overlapping(span.a, span.b, lag)
        first = span.start + max(0, -lag)
        for start in range(0, a.shape[1] - PIECE_FRAMES + 1, PIECE_FRAMES):
            one, other = (each[:, start : start + PIECE_FRAMES] for each in (a, b))
            if sounds(one) and sounds(other):
                at.append(first + start + _centre(one))
                offsets.append(span.lag + lag + exact_lag(one, other, 0))
    return drift(at, offsets, pair.frames, pair.rate_hz)


def _centre(block: Block) -> float:
    """Where in a block its high frequencies lie, which decide an offset."""
    energy = np.square(np.diff(block, axis=1)).sum(axis=0)
    return float((energy * np.arange(len(energy))).sum() / energy.sum())


def _believed_offset(spans: Sequence[Span], offset: float) -> float:
    """Take fewer corrections where more do not lower what is left: none, whole frames, or all."""
    choices = dict.fromkeys([0.0, float(round(offset)), offset])
    left = {choice: _left(spans, choice) for choice in choices}
    best = 0.0
    for choice in choices:
        if left[choice] < left[best] * _BELIEVED:
            best = choice
    return best


def _agreed(spans: Sequence[Span], lags: Sequence[int], offset: float) -> bool:
    """Whether most spans were found there: the middle of many answers may be nobody's."""
    near = [
        abs(span.lag + lag - offset) <= _AGREEING_FRAMES
        for span, lag in zip(spans, lags, strict=True)
    ]
    return 2 * sum(near) > len(near)


def _left(spans: Sequence[Span], offset: float) -> float:
    """The rms of what remains with the best gain; infinite where the spans do not reach."""
    total = 0.0
    for span in spans:
        if abs(offset - span.lag) >= span.a.shape[1] / 2:
            return math.inf
        a, b = brought_over(span.a, span.b, offset - span.lag)
        total += float(np.square(b - _ratio(a, b) * a).sum())
    return math.sqrt(total)


def _gain(spans: Sequence[Span], telling: Sequence[int], offset: float) -> tuple[float, float]:
    """The gain, the middle of the spans' that tell it, and the correlation of all together."""
    pairs = [brought_over(span.a, span.b, offset - span.lag) for span in spans]
    factor = float(np.median([_ratio(*pairs[each]) for each in telling]))
    power = other = product = plain = fitted = 0.0
    for a, b in pairs:
        one, second = (each - each.mean(axis=1, keepdims=True) for each in (a, b))
        power += float((one * one).sum())
        other += float((second * second).sum())
        product += float((one * second).sum())
        plain += float(np.square(b - a).sum())
        fitted += float(np.square(b / factor - a).sum()) if factor > 0.0 else math.inf
    confidence = product / math.sqrt(power * other) if power and other else 0.0
    believed = fitted < plain * _BELIEVED**2
    return (amplitude_db(factor) if believed else 0.0), min(1.0, max(0.0, confidence))


def _ratio(a: Block, b: Block) -> float:
    power = float((a * a).sum())
    return float((a * b).sum()) / power if power else 0.0


def aligned_overlap(pair: Pair, alignment: Alignment) -> tuple[int, int]:
    """The first frame of A that `together` yields, and how many it does; below 1 for none."""
    whole, half = _split(alignment)
    margin = HALF_TAPS if half else 0
    one, other = (head.frames for head in pair.heads)
    frames = min(one - max(0, -whole), other - max(0, whole)) - 2 * margin
    return max(0, -whole) + margin, frames


def aligned_blocks(pair: Pair, alignment: Alignment, size: int) -> Iterator[tuple[Block, Block]]:
    """Yield A and B as A would have it, `size` frames at a time, as long as both have any."""
    whole, half = _split(alignment)
    one = from_frame(read_blocks(pair.a, pair.block_frames), max(0, -whole))
    other = from_frame(read_blocks(pair.b, pair.block_frames), max(0, whole))
    # Half the fraction each: an interpolator that works on one alone would be part of the residual.
    moved = (advanced_stream(one, -half), advanced_stream(other, half)) if half else (one, other)
    for a, b in zip(*(reblocked(each, size) for each in moved), strict=False):
        frames = min(a.shape[1], b.shape[1])
        yield a[:, :frames], alignment.undone(b[:, :frames])


def _split(alignment: Alignment) -> tuple[int, float]:
    """Whole frames, and half of the fraction that remains, which either file is moved by."""
    whole = round(alignment.offset_frames)
    return whole, (alignment.offset_frames - whole) / 2
