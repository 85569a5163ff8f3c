"""What else the rough mix is than its stems: its rate, where it begins, how long it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.checking.between.clock_drift import pace
from bridge.checking.between.port import span_s
from bridge.checking.hearing import Heard
from bridge.checking.mix.telling import as_told, common_place
from bridge.checking.stem_audio import StemAudio

_LATE_S, _LATE_FRAMES, _LONGER_S = 0.0005, 0.1, 1.0
"""A tail of a second more or less is how a DAW exports it."""


def beside(
    stems: Sequence[Heard], mix: StemAudio, rate_hz: int, offsets: Sequence[float]
) -> Iterator[str]:
    """A few words for each difference; `offsets` are how much later the stems lie in the mix."""
    own_hz = mix.facts.sample_rate_hz
    if own_hz != rate_hz:
        yield f"it is at {own_hz / 1000:g} kHz, the stems at {rate_hz / 1000:g}"
    if mix.slower_ppm:
        yield f"it runs {pace(mix.slower_ppm)} than the stems"
    late = common_place(offsets)
    late_s, way = late / rate_hz, "later" if late > 0 else "earlier"
    if abs(late_s) >= _LATE_S:
        yield f"the stems begin {abs(late_s):.3f} s {way} in it"
    elif abs(late) >= _LATE_FRAMES:
        yield f"the stems begin {abs(as_told(late)):g} frames {way} in it"
    longer_s = mix.facts.frames / own_hz - late_s - max(span_s(stem)[1] for stem in stems)
    if abs(longer_s) > _LONGER_S:
        yield f"it ends {abs(longer_s):.1f} s {'later' if longer_s > 0 else 'earlier'} than they do"
