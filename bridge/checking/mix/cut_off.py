"""What the rough mix has and no stem holds because a stem that is late or early was cut there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bridge.checking.findings import Finding
from bridge.checking.mix.telling import InMix, common_place

_LEAST_S = 0.05
"""How far off its place a stem is that is looked at; one missing window more or less."""


def as_cut_off(
    missing: Iterable[Finding], stems: Sequence[InMix], rate_hz: int
) -> Iterator[Finding]:
    """The same, for information where a stem that is told otherwise lacks just that time."""
    place = common_place([each.offset for each in stems])
    lacking = [(each, *_lacks_s(each, place, rate_hz)) for each in stems]
    for finding in missing:
        whose = [
            each
            for each, start_s, end_s in lacking
            if start_s - _LEAST_S <= finding.start_s and finding.end_s <= end_s + _LEAST_S
        ]
        yield _told(finding, whose[0], place) if whose else finding


def _lacks_s(each: InMix, place: float, rate_hz: int) -> tuple[float, float]:
    """From when to when, in the mix, its file has no more or not yet what lies there."""
    off_s = (each.offset - place) / rate_hz
    start_s, end_s = (at_s + each.offset / rate_hz for at_s in (each.start_s, each.end_s))
    if abs(off_s) < _LEAST_S:
        return 0.0, 0.0
    return (start_s - off_s, start_s) if off_s > 0.0 else (end_s, end_s - off_s)


def _told(finding: Finding, each: InMix, place: float) -> Finding:
    way, side = ("early", "first") if each.offset > place else ("late", "last")
    words = f"{finding.words}: {each.stem} is {way}, and its {side} seconds were cut off"
    return replace(finding, severity="info", words=words)
