"""Which members of two rows belong together: by one key after the other, each in order."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

Keys = tuple[Callable[[T], Hashable], Callable[[T], Hashable]]
"""What members are matched by, for those of A and those of B; None matches nothing."""


@dataclass(frozen=True)
class Pairs(Generic[T]):
    """Members of two rows by their places: those of both, of A alone, of B alone, each in order."""

    both: tuple[tuple[int, int], ...]
    gone: tuple[int, ...]
    new: tuple[int, ...]


def pairs_of(a: Sequence[T], b: Sequence[T], keys: Sequence[Keys[T]]) -> Pairs[T]:
    """Match each member of A with the first free one of B that has its key, the first key first."""
    both: dict[int, int] = {}
    left_a, left_b = list(range(len(a))), list(range(len(b)))
    for key_a, key_b in keys:
        if not left_a or not left_b:
            break
        free: dict[Hashable, deque[int]] = defaultdict(deque)
        for place in left_b:
            free[key_b(b[place])].append(place)
        free.pop(None, None)
        for place in left_a:
            key = key_a(a[place])
            if key is not None and free.get(key):
                both[place] = free[key].popleft()
        taken = set(both.values())
        left_a = [place for place in left_a if place not in both]
        left_b = [place for place in left_b if place not in taken]
    return Pairs(tuple(sorted(both.items())), tuple(left_a), tuple(left_b))


def by(key: Callable[[T], Hashable]) -> Keys[T]:
    """The same key on both sides."""
    return key, key
