"""Remarks gathered while reading: one diagnostic a code, however often it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stemwright.problems import Diagnostic, Severity
from stemwright.words import printable

_SHOWN = 8


class Tally:
    """Counts remarks by code; `texts` gives severity and wording of every code.

    A wording holds `{count}` and may hold `{places}`, the first places in order of appearance.
    """

    def __init__(self, texts: Mapping[str, tuple[Severity, str]]) -> None:
        self._texts = texts
        self._places: dict[str, dict[str, None]] = {}
        self._counts: dict[str, int] = {}

    def add(self, code: str, place: str, count: int = 1) -> None:
        """Remark `code` at `place`, such as a track's name."""
        self._counts[code] = self._counts.get(code, 0) + count
        self._places.setdefault(code, {})[printable(place) or "(no name)"] = None

    def diagnostics(self) -> Iterator[Diagnostic]:
        """One diagnostic for every code remarked, in the order of the wordings."""
        for code, (severity, text) in self._texts.items():
            if code not in self._counts:
                continue
            places = list(self._places[code])
            shown = ", ".join(places[:_SHOWN])
            if len(places) > _SHOWN:
                shown += f" and {len(places) - _SHOWN} more"
            message = text.format(count=self._counts[code], places=shown)
            yield Diagnostic(severity, code, shown, message)
