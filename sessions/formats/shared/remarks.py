"""Remarks gathered while reading or writing: one diagnostic a code, however often it was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from stemwright.problems import Diagnostic, Severity
from stemwright.words import listed, printable

UNNAMED = "(no name)"
_SHOWN = 8


class Remarks:
    """Counts remarks by code and keeps the places where they were made, each once."""

    def __init__(self) -> None:
        self._made: dict[str, Counter[str]] = {}

    def add(self, code: str, place: str, count: int = 1) -> None:
        """Remark `code` at `place` as often as `count` says, which may be not at all."""
        if count:
            self._made.setdefault(code, Counter())[place] += count

    def count(self, code: str) -> int:
        """How often `code` was remarked."""
        return sum(self._made.get(code, {}).values())

    def places(self, code: str) -> str:
        """The first places of `code` in order of appearance, and how many more there are."""
        return listed(list(self._made.get(code, ())), _SHOWN)


class Tally:
    """Remarks whose severity and wording `texts` gives by code.

    A wording holds `{count}` and may hold `{places}`. A diagnostic stands where its remarks were
    made, or at `where` when that is said.
    """

    def __init__(self, texts: Mapping[str, tuple[Severity, str]], where: str | None = None) -> None:
        self._texts = texts
        self._where = where
        self._remarks = Remarks()

    def add(self, code: str, place: str = "", count: int = 1) -> None:
        """Remark `code` at `place`, such as a track's name."""
        self._remarks.add(code, printable(place) or UNNAMED, count)

    def diagnostics(self) -> Iterator[Diagnostic]:
        """One diagnostic for every code remarked, in the order of the wordings."""
        for code, (severity, text) in self._texts.items():
            count, places = self._remarks.count(code), self._remarks.places(code)
            if count:
                where = places if self._where is None else self._where
                yield Diagnostic(severity, code, where, text.format(count=count, places=places))


INSTANCES_LOST = (
    "these mono plugins ran once a channel; here each is there once: give every channel one by hand"
)
PINS_LOST = (
    "these plugins hear and feed other channels than 1 and 2 as they are; here they are on both:"
    " connect their pins by hand"
)


class Losses:
    """Gathers what was left out or changed while `target` is written."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._why: dict[str, tuple[Severity, str]] = {}
        self._remarks = Remarks()

    def add(self, code: str, severity: Severity, why: str, what: str) -> None:
        """Keep in mind that `what` is told under `code`, with the reason `why`."""
        named = what.strip() or UNNAMED
        named = f"{UNNAMED}{named}" if named.startswith("/") else named
        self._why.setdefault(code, (severity, why))
        self._remarks.add(code, named)

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """One diagnostic a code, in the order in which they first came up."""
        return tuple(
            Diagnostic(severity, code, self._target, f"{why}: {self._remarks.places(code)}")
            for code, (severity, why) in self._why.items()
        )
