"""Paths of a job file: which there are, and where they lead."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

MIXES = ("rough", "references")
"""What of a job is compared with and never summed."""


def paths_at(data: Mapping[str, Any], name: str) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """Each path that stands under a key, as written, and its place; a list has several."""
    written = data.get(name)
    if not isinstance(written, tuple):
        yield (name,), written
        return
    for index, each in enumerate(written):
        yield (name, index), each


def place_of(folder: Path, written: object) -> Path | None:
    """Where a path as written leads; `/` and `\\` both part folders on every system."""
    if not isinstance(written, str) or not written:
        return None
    return _plain(folder / written.replace("\\", "/"))


def _plain(path: Path) -> Path:
    """The same without `..`, where no link makes that another place."""
    plain = Path(os.path.normpath(path))
    try:
        return plain if os.path.realpath(plain) == os.path.realpath(path) else path
    except (OSError, ValueError):  # a byte that no name has: told where it is looked for
        return path


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder."""
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long, a byte that no name has
        return False
