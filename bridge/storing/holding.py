"""Which entries are in use: every process at work notes them in a file that ends with it.

The file lies in a leased folder, so that what a killed process noted counts no more. Whoever
collects keeps all others from noting meanwhile: an entry is either noted first, and stays, or gone
before it is asked for.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bridge.storing.leases import leased_folder

_NOTES = "keys"
_LOCK = "collecting"


class Holds:
    """The entries in use of one store; `make` and `keep` give its folders and files their bits."""

    def __init__(
        self, staging: Path, make: Callable[[Path], None], keep: Callable[[Path], None]
    ) -> None:
        self._staging = staging
        self._make = make
        self._keep = keep
        self._guard = threading.Lock()
        self._users = 0
        self._notes: Path | None = None
        self.own: set[str] = set()
        """The keys that this process holds."""

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Hold what is noted from here on; inside each other, until the outermost ends.

        Raises OSError.
        """
        with self._guard:
            self._users += 1
            first = self._users == 1
        try:
            if not first:
                yield
                return
            with leased_folder(self._staging) as folder:
                self._make(folder)
                notes = folder / _NOTES
                notes.touch()
                self._keep(notes)
                self._notes = notes
                yield
        finally:
            with self._guard:
                self._users -= 1
                if not self._users:
                    self._notes = None
                    self.own = set()

    @contextmanager
    def noted(self, key: str) -> Iterator[None]:
        """Note `key`; nobody collects until its entry has been looked up."""
        if self._notes is None or key in self.own:
            yield
            return
        with self._locked(exclusive=False):
            with self._guard:
                notes = self._notes
                if notes is not None:
                    with notes.open("a", encoding="ascii") as file:
                        file.write(f"{key}\n")
                    self.own.add(key)
            yield

    @contextmanager
    def collecting(self) -> Iterator[frozenset[str]]:
        """Let nobody note anything, and give all that is in use."""
        with self._locked(exclusive=True):
            yield self.keys()

    def keys(self) -> frozenset[str]:
        """The keys of all that is in use, by whatever process."""
        found: set[str] = set()
        for notes in self._staging.glob(f"*/{_NOTES}"):
            with suppress(OSError, UnicodeDecodeError):  # it ended meanwhile
                found.update(notes.read_text(encoding="ascii").split())
        return frozenset(found)

    @contextmanager
    def _locked(self, *, exclusive: bool) -> Iterator[None]:
        path = self._staging / _LOCK
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            self._keep(path)
            _lock(handle, exclusive=exclusive)
            yield
        finally:
            os.close(handle)


if sys.platform == "win32":  # untested

    def _lock(handle: int, *, exclusive: bool) -> None:
        """Nothing: an entry that goes while it is looked up is made again."""
else:
    import fcntl

    def _lock(handle: int, *, exclusive: bool) -> None:
        """Wait for an open file; a disk without locks gives none, and what goes is made again."""
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
