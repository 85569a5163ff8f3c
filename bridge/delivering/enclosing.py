"""What lies in a delivery beside its audio files: report, sheets, what makes the master again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.storing import file_digest


@dataclass(frozen=True)
class Enclosure:
    """A file or a folder of a delivery by its path there, and a sentence about it."""

    path: str
    says: str


@dataclass(frozen=True)
class EnclosedFile:
    """A file of an enclosure; `sha256` is of its bytes."""

    path: str
    sha256: str


@dataclass(frozen=True)
class Enclosed:
    """An enclosure with every file of it."""

    enclosure: Enclosure
    files: tuple[EnclosedFile, ...]

    def as_json(self) -> dict[str, Any]:
        """A row of `enclosed` in the manifest."""
        return {
            "path": self.enclosure.path,
            "says": self.enclosure.says,
            "files": [dict(vars(each)) for each in self.files],
        }


Enclose = Callable[[Path], Iterable[Enclosure]]
"""Writes enclosures into a folder that becomes the delivery, and names them."""


def nothing(_: Path) -> Iterable[Enclosure]:
    """Enclose nothing."""
    return ()


def enclosed(folder: Path, enclosures: Iterable[Enclosure]) -> Iterator[Enclosed]:
    """Hash what lies in `folder` by now."""
    for each in enclosures:
        place = folder / each.path
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield Enclosed(
            each,
            tuple(
                EnclosedFile(path.relative_to(folder).as_posix(), file_digest(path))
                for path in found
                if path.is_file()
            ),
        )
