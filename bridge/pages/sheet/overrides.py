"""What a song has otherwise than its chain, looked up by where a setting stands in the chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.comparing import setting_name, value_words
from bridge.pages.sheet.sheet import SheetRow
from chains import Chain, as_document, dotted

_ROWS = frozenset({"group", "return", "insert"})


@dataclass(frozen=True)
class Overrides:
    """The settings of a job by their dotted paths, beside its chain's own where that is known."""

    settings: Mapping[str, Any]
    chain: Chain | None = None

    def row(self, value: Any, *at: str | int, name: str | None = None) -> SheetRow:
        """The setting at a place of the chain, in words; the last part of `at` is its key."""
        key = next(str(part) for part in reversed(at) if isinstance(part, str))
        shown = setting_name(key) if name is None else name
        if not self._set(at):
            return SheetRow(shown, value_words(key, value))
        own = None if self.chain is None else _at(as_document(self.chain), at)
        told = None if self.chain is None else value_words(key, own)
        return SheetRow(shown, value_words(key, value), by_job=True, chain_value=told)

    def text(self, value: str, *at: str) -> SheetRow:
        """The same for a plugin's parameter, whose value is its own display text."""
        name = at[-1]
        if not self._set(at, fold=True):
            return SheetRow(name, value)
        params = None if self.chain is None else _at(as_document(self.chain), at[:-1])
        folded = {str(key).casefold(): text for key, text in (params or {}).items()}
        own = folded.get(name.casefold())
        if self.chain is not None and own is None:
            own = "unset"
        return SheetRow(name, value, by_job=True, chain_value=own)

    def _set(self, at: tuple[str | int, ...], *, fold: bool = False) -> bool:
        """Whether the job sets this place, or a list around it."""
        told = {each.casefold() for each in self.settings} if fold else {*self.settings}
        paths = [dotted(at[:end]) for end in range(1, len(at) + 1)]
        return any((path.casefold() if fold else path) in told for path in paths)


def _at(document: Any, at: tuple[str | int, ...]) -> Any:
    """The value at a place, rows by their ids; None where there is none."""
    parts, found = list(at), document
    while parts and found is not None:
        part = parts.pop(0)
        if isinstance(part, int):
            found = found[part] if isinstance(found, list) and part < len(found) else None
        else:
            found = found.get(part) if isinstance(found, dict) else None
        if part in _ROWS and isinstance(found, list) and parts:
            wanted = parts.pop(0)
            found = next((each for each in found if each.get("id") == wanted), None)
    return found
