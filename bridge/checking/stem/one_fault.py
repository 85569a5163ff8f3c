"""One fault is told once, though several checks hear it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from bridge.checking.findings import Found
from bridge.checking.port import StemCheck
from bridge.checking.stem.damage.clicks import Clicks
from bridge.checking.stem.damage.clipped import Clipped

_AT_AN_EDGE_S = 0.001


def told_once(checks: Sequence[StemCheck], sample_rate_hz: int) -> list[Found]:
    """What checks that have heard a stem tell of it, check by check."""
    told = [found for check in checks for found in check.findings()]
    if any(each.code == "clipped" for each in told):  # which is a wall, too
        told = [each for each in told if each.code != "limited"]
        told = list(_without_cut_peaks(told, checks))
    return list(_without_their_edges(told, sample_rate_hz))


def _without_cut_peaks(told: Sequence[Found], checks: Sequence[StemCheck]) -> Iterator[Found]:
    """Without the clicks that are the corners of peaks that were cut."""
    plateaus = [span for check in checks if isinstance(check, Clipped) for span in check.plateaus]
    stops = sorted(stop for _, stop in plateaus)
    starts = sorted(start for start, _ in plateaus)
    corners = {span for check in checks if isinstance(check, Clicks) for span in check.may_be_cut()}
    for each in told:
        # more plateaus begin before its end than end before its start: one lies at it
        beside = bisect_left(starts, each.stop + 1) - bisect_left(stops, each.start)
        if each.code != "clicks" or (each.start, each.stop) not in corners or beside <= 0:
            yield each


def _without_their_edges(told: Sequence[Found], sample_rate_hz: int) -> Iterator[Found]:
    """Without the clicks at the edges of what is told as gone or broken."""
    near = round(_AT_AN_EDGE_S * sample_rate_hz)
    spans = [
        (each.start - near, each.stop + near)
        for each in told
        if each.code in ("dropout", "corrupt_samples")
    ]
    for each in told:
        inside = any(start <= each.start and each.stop <= stop for start, stop in spans)
        if each.code != "clicks" or not inside:
            yield each
