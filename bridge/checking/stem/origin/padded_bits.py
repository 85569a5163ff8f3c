"""`padded_bits`: fewer bits move than the format has: 16 in a file of 24, 24 in one of floats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.audio import Block
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts

_WIDTHS = {"PCM_24": 24, "PCM_32": 32, "FLOAT": 32, "DOUBLE": 53}
_TRIED = (8, 16, 20, 24)


class PaddedBits:
    """The fewest bits that hold every sample so far."""

    codes: ClassVar[tuple[str, ...]] = ("padded_bits",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._frames = facts.frames
        width = _WIDTHS.get(facts.subtype, 0)
        self._subtype = facts.subtype
        self._left = [bits for bits in _TRIED if bits < width]
        self._sounds = False

    def hear(self, passage: Passage) -> None:
        """Drop the widths that do not hold the core."""
        if self._left and not passage.is_silent:
            self._sounds = True
            self._left = [bits for bits in self._left if _holds(passage.core, bits)]

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        if self._left and self._sounds:
            bits = self._left[0]
            words = f"only {bits} bits move in a file of {self._subtype.replace('_', ' ').lower()}"
            yield Found("padded_bits", "info", 0, self._frames, float(bits), words)


def _holds(samples: Block, bits: int) -> bool:
    scaled = samples * 2.0 ** (bits - 1)
    return bool(np.array_equal(scaled, np.rint(scaled)))
