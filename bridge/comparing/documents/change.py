"""One thing in which a document is another than the one before it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ChangeKind = Literal["changed", "added", "removed", "moved", "renamed"]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Change:
    """One change from A to B; `words` say it as a studio does.

    `path` leads to it by ids and keys, places in a row without ids as indices. `before` and `after`
    are plain values, None where a side has nothing there. Of what was moved they are its places in
    its row, from 0; `place` is where B has what was added.
    """

    path: Path
    kind: ChangeKind
    before: Any
    after: Any
    words: str = field(compare=False)
    place: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The object of a `changes` list; numbers that JSON lacks are null."""
        told = {
            "path": dotted(self.path),
            "kind": self.kind,
            "before": plain(self.before),
            "after": plain(self.after),
            "words": self.words,
        }
        return told if self.place is None else {**told, "place": self.place}


def dotted(path: Path) -> str:
    """Write a path as chains do: `group.vocals.insert.eq.bands[1].gain_db`."""
    from chains import dotted as written

    return written(path)


def plain(value: Any) -> Any:
    """A value as JSON takes it."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
