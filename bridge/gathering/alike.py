"""What stems have in common: which is the sum of others, and which another one's copy."""

from __future__ import annotations

from stemwright.values import dataclass


@dataclass(frozen=True)
class Sum:
    """Stem `at` is the sum of `parts`; `unlikely_db` is 0 for equal gains of unrelated parts."""

    at: int
    parts: tuple[int, ...]
    whole: bool
    unlikely_db: float = 0.0
    how: str = ""


@dataclass(frozen=True)
class Alike:
    """`heard` are the stems that sound; sums and copies (one, other) count among these."""

    heard: tuple[int, ...]
    sums: tuple[Sum, ...] = ()
    copies: tuple[tuple[int, int], ...] = ()
