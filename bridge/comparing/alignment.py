"""Aligning B to A: offset, gain, polarity, channel swap, clock drift, and whether to believe it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bridge.audio import Block
from bridge.audio.decode import read_blocks
from bridge.comparing.delay import brought_over, exact_lag, whole_lag
from bridge.comparing.drifting import Drift, drift
from bridge.comparing.envelope import STEPS_PER_S, levels, likely_lags, loudest_starts
from bridge.comparing.levels import amplitude_db
from bridge.comparing.spans import gathered
from bridge.comparing.walking import Pair

SPANS = 8
SPAN_FRAMES = 65536
TRUSTED = 0.5
"""Least correlation of the two files, once aligned, that makes an alignment."""

_GAIN_OF_BELIEF = 10.0**-0.01  # a correction must take 0.1 dB off the residual
_STRONGER = 1.05


@dataclass(frozen=True)
class Alignment:
    """What maps A to B: offset positive when B is late, gain B minus A, polarity 1 or -1.

    `offset_frames` is the middle of what the spans of the file show; `confidence` the correlation
    of the two once aligned, 0 to 1.
    """

    offset_frames: float = 0.0
    gain_db: float = 0.0
    polarity: int = 1
    swapped: bool = False
    drift: Drift | None = None
    confidence: float = 1.0

    @property
    def identity(self) -> bool:
        """Whether nothing has to be done to B."""
        return self.factor == 1.0 and self.offset_frames == 0.0 and not self.swapped

    @property
    def factor(self) -> float:
        """The linear gain of B over A, with its polarity."""
        return float(self.polarity * 10.0 ** (self.gain_db / 20.0))


@dataclass(frozen=True)
class Span:
    """The same stretch of both files: where it starts in A, how far B was read ahead of that."""

    start: int
    lag: int
    a: Block
    b: Block


def align(pair: Pair) -> tuple[Alignment | None, float]:
    """Return what maps A to B, and the confidence; None where nothing can be said.

    Two passes over both files: levels, then the loudest stretches. Silence, constants and unrelated
    sound have no alignment.
    """
    one = levels(read_blocks(pair.a, pair.block_frames), pair.rate_hz)
    other = levels(read_blocks(pair.b, pair.block_frames), pair.rate_hz)
    length = min(SPAN_FRAMES, pair.frames)
    starts = loudest_starts(one, pair.heads[0].frames, pair.rate_hz, length, SPANS)
    lags = [lag * pair.rate_hz // STEPS_PER_S for lag in likely_lags(one, other)]
    lags = [0, *(lag for lag in lags if abs(lag) > length // 4)]
    best: tuple[Alignment | None, float] = (None, 0.0)
    for spans in _read(pair, starts, lags, length):
        found, confidence = _solve(spans, pair)
        if confidence > best[1] * _STRONGER:
            best = (found, confidence)
    return best if best[1] >= TRUSTED else (None, best[1])


def _read(
    pair: Pair, starts: Sequence[int], lags: Sequence[int], length: int
) -> list[list[Span]]:
    firsts = gathered(read_blocks(pair.a, pair.block_frames), starts, length)
    wanted = [start + lag for lag in lags for start in starts]
    seconds = gathered(read_blocks(pair.b, pair.block_frames), wanted, length)
    groups = []
    for number, lag in enumerate(lags):
        own = seconds[number * len(starts) : (number + 1) * len(starts)]
        spans = [Span(*each) for each in zip(starts, [lag] * len(starts), firsts, own, strict=True)]
        groups.append([span for span in spans if _sounds(span.a) and _sounds(span.b)])
    return groups


def _sounds(block: Block) -> bool:
    """Whether there is more than a constant."""
    spread = block.max(axis=1) - block.min(axis=1)
    return bool(spread.max() > 1e-9 * max(1.0, float(np.abs(block).max())))


def _solve(spans: Sequence[Span], pair: Pair) -> tuple[Alignment | None, float]:
    if not spans:
        return None, 0.0
    straight = [whole_lag(span.a, span.b).strength for span in spans]
    swapped = pair.channels == 2 and _swapped(spans, straight)
    if swapped:
        spans = [Span(span.start, span.lag, span.a, span.b[::-1]) for span in spans]
    matches = [whole_lag(span.a, span.b) for span in spans]
    offsets = [
        span.lag + exact_lag(span.a, span.b, match.lag_frames)
        for span, match in zip(spans, matches, strict=True)
    ]
    middles = [span.start + span.a.shape[1] / 2 for span in spans]
    drifting = drift(middles, offsets, pair.frames, pair.rate_hz)
    offset = float(np.median(offsets)) if drifting is None else drifting.middle_frames
    offset = _believed_offset(spans, offset)
    factor, confidence = _factor(spans, offset)
    return (
        Alignment(
            offset, amplitude_db(abs(factor)), int(math.copysign(1, factor)), swapped,
            drifting, confidence,
        ),
        confidence,
    )


def _swapped(spans: Sequence[Span], straight: Sequence[float]) -> bool:
    """Whether left and right of B agree better crossed, by more than chance."""
    crossed = [whole_lag(span.a, span.b[::-1]).strength for span in spans]
    return sum(abs(each) for each in crossed) > _STRONGER * sum(abs(each) for each in straight)


def _believed_offset(spans: Sequence[Span], offset: float) -> float:
    """Take fewer corrections where more do not lower what is left: none, whole frames, or all."""
    choices = dict.fromkeys([0.0, float(round(offset)), offset])
    left = {choice: _left(spans, choice) for choice in choices}
    best = 0.0
    for choice in choices:
        if left[choice] < left[best] * _GAIN_OF_BELIEF:
            best = choice
    return best


def _left(spans: Sequence[Span], offset: float) -> float:
    """The rms of what remains with the best gain; infinite where the spans do not reach."""
    total = 0.0
    for span in spans:
        if abs(offset - span.lag) >= span.a.shape[1] / 2:
            return math.inf
        a, b = brought_over(span.a, span.b, offset - span.lag)
        power = float(np.vdot(a, a))
        total += float(np.vdot(b, b)) - (float(np.vdot(a, b)) ** 2 / power if power else 0.0)
    return math.sqrt(max(0.0, total))


def _factor(spans: Sequence[Span], offset: float) -> tuple[float, float]:
    """The gain with its sign, the middle of the spans', and the correlation of all together."""
    factors: list[float] = []
    power, other, product, plain, fitted = 0.0, 0.0, 0.0, 0.0, 0.0
    pairs = [brought_over(span.a, span.b, offset - span.lag) for span in spans]
    for a, b in pairs:
        factors.append(_ratio(a, b))
    factor = float(np.median(factors))
    for a, b in pairs:
        one, second = (each - each.mean(axis=1, keepdims=True) for each in (a, b))
        power += float(np.vdot(one, one))
        other += float(np.vdot(second, second))
        product += float(np.vdot(one, second))
        plain += float(np.square(b - a).sum())
        fitted += float(np.square(b - factor * a).sum())
    confidence = abs(product) / math.sqrt(power * other) if power and other else 0.0
    if factor == 0.0 or fitted >= plain * _GAIN_OF_BELIEF**2:
        factor = 1.0
    return factor, min(1.0, confidence)


def _ratio(a: Block, b: Block) -> float:
    power = float(np.vdot(a, a))
    return float(np.vdot(a, b)) / power if power else 0.0
