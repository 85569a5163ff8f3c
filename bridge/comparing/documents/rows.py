"""What became of the members of an ordered row: which stayed, came, went, and changed places."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


def moved(places: Sequence[int]) -> frozenset[int]:
    """Say which members of a row have to be taken out and put in again for it to be in order.

    `places` holds, for each member in the old order, its place in the new one. They are as few as
    can be: those outside a longest run that keeps its order.
    """
    ends: list[int] = []  # the last member of the best run of each length
    before: list[int | None] = []
    tails: list[int] = []
    for member, place in enumerate(places):
        length = bisect_left(tails, place)
        before.append(ends[length - 1] if length else None)
        tails[length : length + 1] = [place]
        ends[length : length + 1] = [member]
    kept: set[int] = set()
    at = ends[-1] if ends else None
    while at is not None:
        kept.add(at)
        at = before[at]
    return frozenset(range(len(places))) - kept
