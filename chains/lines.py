"""Places in a chain file: a path of keys and indices, and the line each stands on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field

from stemwright.values import dataclass

At = tuple[str | int, ...]
"""Keys and list indices from the top of the file: ("group", 0, "insert", 1, "ratio")."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def dotted(at: At) -> str:
    """Write a path the way users read it: `group[0].insert[1].params."Output Level"`."""
    text = ""
    for step in at:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            key = step if _BARE.fullmatch(step) else json.dumps(step, ensure_ascii=False)
            text += f".{key}" if text else key
    return text


@dataclass(frozen=True)
class Where:
    """One place: the file as its user named it, the line from 1, the dotted path.

    `at` is the same path in pieces, so that a deeper place can be asked of `Chain.locate`.
    """

    file: str | None = None
    line: int | None = None
    path: str = ""
    at: At = field(default=(), repr=False)

    def as_json(self) -> dict[str, str | int]:
        """The `where` object of an error: only what is known."""
        known = {"file": self.file, "line": self.line, "path": self.path or None}
        return {name: value for name, value in known.items() if value is not None}

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return " ".join(part for part in (place, self.path) if part)


NOWHERE = Where()
"""The place of what was built in code and stands in no file."""


@dataclass(frozen=True)
class Source:
    """Which line every path of one file stands on."""

    file: str | None = None
    lines: Mapping[At, int] = field(default_factory=dict)

    def where(self, *at: str | int) -> Where:
        """Point at a path; one that is not in the file gets the line of its nearest parent."""
        known = at
        while known and known not in self.lines:
            known = known[:-1]
        return Where(self.file, self.lines.get(known), dotted(at), at)
