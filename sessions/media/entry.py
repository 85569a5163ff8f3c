"""One audio file of a bundle, on disk or inside a zip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stemwright.words import printable

_CLUTTER = frozenset({"__macosx", "thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Entry:
    """`name` and `folder` (below the bundle's top, "" there) in composed Unicode.

    `member` is the name inside the zip `path`, exactly as the zip spells it.
    """

    name: str
    folder: str
    path: Path
    member: str | None = None

    @property
    def where(self) -> Mapping[str, str | int]:
        """The place as a problem tells it."""
        place: dict[str, str | int] = {"file": printable(self.path)}
        return place if self.member is None else {**place, "member": printable(self.member)}


def is_clutter(name: str) -> bool:
    """Tell whether `name` is left behind by systems: hidden files, forks, thumbnails."""
    return name.startswith(".") or name.casefold() in _CLUTTER
