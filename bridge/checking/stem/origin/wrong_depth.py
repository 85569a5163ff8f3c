"""`wrong_depth`: a format of fewer bits than a stem should have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts
from bridge.checking.quick.of_stem import wrong_depth


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
        yield from wrong_depth(self._facts.subtype, self._facts.frames)
