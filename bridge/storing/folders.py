"""What a folder of the store holds, what its files take on the disk, and how it is moved away."""

from __future__ import annotations

import os
from pathlib import Path


def taken_bytes(found: os.stat_result) -> int:
    """What a file takes on the disk; where silence was left out, that is less than it holds."""
    return min(found.st_size, 512 * getattr(found, "st_blocks", found.st_size))


def moved(folder: Path, away: Path) -> bool:
    """Take a folder away in one move. One that cannot be moved stays."""
    try:
        folder.rename(away)
    except OSError:
        return False
    return True


def names_in(folder: Path) -> set[str]:
    """The names of all that lies in a folder. Raises OSError."""
    return {path.name for path in folder.iterdir()}
