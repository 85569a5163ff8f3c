"""`wrong_depth`: a format of fewer bits than a stem should have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.codes import Severity
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts

_BITS = {
    "PCM_S8": 8,
    "PCM_U8": 8,
    "ULAW": 8,
    "ALAW": 8,
    "IMA_ADPCM": 4,
    "MS_ADPCM": 4,
    "GSM610": 2,
    "DPCM_8": 8,
    "DPCM_16": 16,
    "PCM_16": 16,
}
_MINOR_BELOW = 16


class WrongDepth:
    """What the header says."""

    codes: ClassVar[tuple[str, ...]] = ("wrong_depth",)
    quick: ClassVar[bool] = True

    def __init__(self, facts: StemFacts) -> None:
        self._facts = facts

    def hear(self, passage: Passage) -> None:
        """Nothing is heard: the header says it."""

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        bits = _BITS.get(self._facts.subtype)
        if bits is not None:
            severity: Severity = "minor" if bits < _MINOR_BELOW else "info"
            words = f"a file of {bits} bits: ask for 24"
            yield Found("wrong_depth", severity, 0, self._facts.frames, float(bits), words)
