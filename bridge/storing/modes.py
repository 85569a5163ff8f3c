"""The permission bits of a store: its user's alone, or shared with those who may write into it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from stemwright.values import dataclass

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True)
class Modes:
    """The permission bits of a store's folders and of its files."""

    folder: int = 0o700
    file: int = 0o600

    @property
    def shared(self) -> bool:
        """Whether others than the user may write."""
        return bool(self.folder & _OTHERS_WRITE)

    def make(self, folder: Path) -> None:
        """Make a folder of the store with these bits; one of ours that is there gets them too."""
        folder.mkdir(mode=self.folder & 0o777, exist_ok=True)
        self._set(folder, self.folder)

    def take(self, entry: Path) -> None:
        """Give a folder that is about to become an entry, and its files, these bits."""
        for file in entry.iterdir():
            self._set(file, self.file)
        self._set(entry, self.folder)

    def keep(self, file: Path) -> None:
        """Give one file of the store these bits."""
        self._set(file, self.file)

    def _set(self, path: Path, mode: int) -> None:
        if os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == mode:
            return  # Windows has access lists, which the user's own folders inherit (untested)
        with suppress(PermissionError):  # somebody else's, in a shared store
            path.chmod(mode)


def modes_of(folder: Path) -> Modes:
    """The bits of a store that lies in `folder`, which exists. Raises OSError."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if os.name == "nt" or not mode & _OTHERS_WRITE or mode & stat.S_ISVTX:
        return Modes()
    return Modes(mode, mode & 0o666)
