"""What stems' headers and ends say of them beside each other: in these words, whoever read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import inf
from statistics import median

from bridge.checking.codes import Severity
from bridge.checking.findings import Shared
from bridge.checking.quick.known import KnownStem, Span

_APART_S = 0.05
_AT_ONCE_S = 0.05
_TO_THE_END_S = 0.065
_TRIMMED_S, _LEFT_S = 0.5, 2.0
"""What is cut from a stem's start is longer; so is the silence that is left at its end, which no
gap between two hits is."""
_ROW_S = 0.01


def extents(spans: Sequence[Span]) -> Iterator[Shared]:
    """`length` of each stem that ends elsewhere than most, `start` of what seems cut there.

    Without an end that at least half of the stems have, the latest is the song's. Up to two a
    stem; what was made at another rate is not measured by its length.
    """
    if len(spans) < 2:
        return
    usual_s = usual_end_s([each.end_s for each in spans])
    for each in spans:
        shorter_s = usual_s - each.end_s
        if abs(shorter_s) < _APART_S:
            continue
        yield _of_another_length(each, shorter_s)
        if shorter_s >= _TRIMMED_S and not each.is_moved:
            yield from _cut_at_start(each, shorter_s)


def usual_end_s(ends_s: Sequence[float]) -> float:
    """Where most stems end; without an end that at least half of them have, the latest."""
    counts = Counter(round(end_s / _APART_S) for end_s in ends_s)
    commonest, count = max(counts.items(), key=lambda each: (each[1], each[0]))
    if 2 * count < len(ends_s):
        return max(ends_s)
    return median(end_s for end_s in ends_s if round(end_s / _APART_S) == commonest)


def _of_another_length(span: Span, shorter_s: float) -> Shared:
    in_sound = span.end_s - span.sounds_until_s <= _TO_THE_END_S
    severity: Severity = "minor" if shorter_s > 0 and in_sound else "info"
    less = "shorter" if shorter_s > 0 else "longer"
    how = ", and it sounds to its end" if severity == "minor" else ""
    words = f"it is {abs(shorter_s):.2f} s {less} than most{how}"
    return Shared("length", severity, (span.id,), span.start_s, span.end_s, -shorter_s, words)


def _cut_at_start(span: Span, shorter_s: float) -> Iterator[Shared]:
    """What sounds from its first frame on and is shorter: was it exported from the song's start?

    Only where silence was left at its end: else it is rather cut there.
    """
    if span.sounds_from_s > _AT_ONCE_S or span.end_s - span.sounds_until_s < _LEFT_S:
        return
    words = (
        f"it sounds at once and is {shorter_s:.2f} s shorter: does it begin at the song's start?"
    )
    yield Shared("start", "minor", (span.id,), 0.0, _ROW_S, 0.0, words)


def rates(spans: Sequence[Span]) -> Iterator[Shared]:
    """Each stem whose rate is not the commonest; of equals the higher rate is the song's."""
    counts = Counter(each.sample_rate_hz for each in spans)
    if len(counts) < 2:
        return
    usual_hz = max(counts, key=lambda rate_hz: (counts[rate_hz], rate_hz))
    for each in spans:
        if each.sample_rate_hz != usual_hz:
            words = f"it is at {each.sample_rate_hz} Hz, most stems are at {usual_hz} Hz"
            value = float(each.sample_rate_hz)
            yield Shared("rate", "minor", (each.id,), each.start_s, each.end_s, value, words)


def span_of(stem: KnownStem) -> Span:
    """Where an inspected stem lies and sounds."""
    rate_hz, ends = stem.sample_rate_hz, stem.ends
    sounds = ends.sounds_until > 0

    def at_s(frame: int) -> float:
        return (stem.position + frame) / rate_hz

    return Span(
        stem.id,
        rate_hz,
        at_s(0),
        at_s(stem.frames),
        at_s(ends.sounds_from) if sounds else inf,
        at_s(ends.sounds_until) if sounds else -inf,
        is_moved=bool(stem.position),
    )
