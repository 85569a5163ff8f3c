"""What waits for its turn in an output folder, and the journal that mends a killed process."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bridge.finished import RECORD
from bridge.finished.owned import STATES, UNFINISHED, not_ours, plain_name, read_plain
from bridge.storing import file_digest
from stemwright.values import dataclass

_MARKER = "stemwright.json"
JOURNAL = "journal.json"
_OURS = {"stemwright": "unfinished"}


@dataclass(frozen=True)
class _Journal:
    """What is moved: `new` names into place, `old` names with their digests out of it."""

    new: tuple[str, ...]
    old: dict[str, str]


class Unfinished:
    """The place for the new content of `folder`. Every method may raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._place = folder / UNFINISHED

    def begin(self) -> None:
        """Make the place, marked; nothing of an earlier one may be there."""
        self._place.mkdir()
        (self._place / _MARKER).write_text(json.dumps(_OURS), encoding="ascii")

    def staged(self, name: str) -> Path:
        """Where the new file `name` waits."""
        path = self._place / "new" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def commit(self, new: Iterable[str], old: dict[str, str]) -> None:
        """Move `old` files out of the way and `new` ones in, or leave everything as it was.

        `old` has the digests of the files that may go. Another file in the place of a new one
        raises FileExistsError.
        """
        journal = _Journal(tuple(new), old)
        written = self._place / f"{JOURNAL}.part"
        written.write_text(json.dumps(vars(journal)), encoding="utf-8")
        written.replace(self._place / JOURNAL)
        try:
            self._forward(journal)
        except BaseException:
            self._back(journal)
            (self._place / JOURNAL).unlink()
            raise
        self.clear()

    def discard(self) -> None:
        """Remove what waits, unless it is needed to mend the folder."""
        if not os.path.lexists(self._place / JOURNAL):
            shutil.rmtree(self._place, ignore_errors=True)

    def mend(self) -> None:
        """End or undo what a killed process began. Raises InputError for what is not ours."""
        if not os.path.lexists(self._place):
            return
        if not stat.S_ISDIR(self._place.lstat().st_mode) or not self._marked():
            said = "this is in the way of the place where a render waits, and is not of ours"
            raise not_ours(self._place, said, "name another folder with -o, or move that away")
        journal = self._journal()
        if journal is not None:
            try:
                self._forward(journal)
            except OSError:
                self._back(journal)
        self.clear()

    def clear(self) -> None:
        """Remove the place, the journal first: what it speaks of is done."""
        (self._place / JOURNAL).unlink(missing_ok=True)
        shutil.rmtree(self._place)

    def _marked(self) -> bool:
        names = {path.name for path in self._place.iterdir()}
        return not names or read_plain(self._place / _MARKER) == _OURS

    def _journal(self) -> _Journal | None:
        told: Any = read_plain(self._place / JOURNAL)
        try:
            new, old = tuple(told["new"]), {name: str(told["old"][name]) for name in told["old"]}
        except (TypeError, KeyError):
            return None
        return _Journal(new, old) if all(map(plain_name, (*new, *old))) else None

    def _forward(self, journal: _Journal) -> None:
        """Do what is left to do; it may be begun anywhere."""
        for name, digest in journal.old.items():
            target, away = self._folder / name, self._place / "old" / name
            done = name in journal.new and not os.path.lexists(self._new(name))
            if not done and os.path.lexists(target) and file_digest(_plain(target)) == digest:
                away.parent.mkdir(parents=True, exist_ok=True)
                target.rename(away)
        for name in sorted(journal.new, key=lambda each: each == RECORD):
            if os.path.lexists(self._new(name)):
                _move(self._new(name), self._folder / name)
        self._tidy(journal.old)

    def _back(self, journal: _Journal) -> None:
        for name in journal.new:
            if not os.path.lexists(self._new(name)) and os.path.lexists(self._folder / name):
                _move(self._folder / name, self._new(name))
        for name in journal.old:
            away = self._place / "old" / name
            if os.path.lexists(away):
                _move(away, self._folder / name)
        self._tidy(journal.new)

    def _tidy(self, moved: Iterable[str]) -> None:
        """Remove the folder of states when its last one was moved out of it."""
        if any(name.startswith(f"{STATES}/") for name in moved):
            with contextlib.suppress(OSError):
                (self._folder / STATES).rmdir()

    def _new(self, name: str) -> Path:
        return self._place / "new" / name


def _plain(path: Path) -> Path:
    if not stat.S_ISREG(path.lstat().st_mode):
        raise FileExistsError(f"{path.name} is not a file")
    return path


def _move(source: Path, target: Path) -> None:
    if os.path.lexists(target):
        raise FileExistsError(f"{target.name} is in the way")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.parent.is_symlink():
        raise FileExistsError(f"{target.parent.name} is a link")
    source.rename(target)
