"""Sizes as people write them."""

from __future__ import annotations

import re

_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?([kmgt]?b?)", re.IGNORECASE)


def bytes_of(words: str) -> int | None:
    """How many bytes "5GB", "500 MB" or "0" are; None for what is no size."""
    found = _SIZE.fullmatch(words.strip())
    if found is None:
        return None
    unit = found[2].casefold()
    return round(float(found[1]) * _UNITS[unit if unit in _UNITS else f"{unit}b"])


def size_in_words(count: int) -> str:
    """A number of bytes: 12.3 MB, 4.5 GB."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
